"""The long short-term memory."""

import numpy as np

from engine.activations import sigmoid_of_twice, tanh
from engine.arrays import Floats
from engine.cells.memory_cell import MemoryCell


class LSTM(MemoryCell):
    """Long short-term memory: Hochreiter and Schmidhuber 1997, with the forget gate of Gers 2000.

    The form is torch.nn.LSTM's; the forget gate's bias starts at 1.

    i  = sigmoid(W_ii x + b_ii + W_hi h + b_hi)
    f  = sigmoid(W_if x + b_if + W_hf h + b_hf)
    o  = sigmoid(W_io x + b_io + W_ho h + b_ho)
    g  = tanh(W_ig x + b_ig + W_hg h + b_hg)
    c' = f * c + i * g
    h' = o * tanh(c')
    """

    name = "lstm"
    gates = ("i", "f", "g", "o")
    order = (0, 1, 3, 2)
    sigmoid_gates = 3
    columns = 4
    hidden_blocks = (0, 1, 2, 3)
    input_blocks = (0, 1, 2, 3)
    first_input_block = 0
    separate_bias = (False, False, False, False)

    def _prepare_forward(self) -> None:
        super()._prepare_forward()
        self.kept = self.like(self.x[:, 0])  # (T, B, U): f * c
        i, f, o, g = (self.x[:, place] for place in range(4))
        self._forward_steps = self.each_step(
            self.h_with_one, self.x, self.x[:, :3], i, f, o, g, self.c, self.c[1:], self.kept
        )

    def forward(self, W: Floats) -> None:
        """Fill i, f, o, g, c[1:] and h[1:]; see the class for the equations."""
        product = self.product
        for t, views in enumerate(self._forward_steps):
            h_with_one, gates, ifo, i, f, o, g, c, c_next, kept = views
            np.matmul(h_with_one, W, out=product)  # (4, B, U)
            gates += product
            sigmoid_of_twice(ifo)
            tanh(g, out=g)
            np.multiply(f, c, out=kept)
            np.multiply(i, g, out=c_next)
            c_next += kept
            self.write(t, o)

    def factors(self, steps: slice) -> Floats:
        """di = dc g i (1 - i),  df = dc f c (1 - f),  dg = dc i (1 - g^2)."""
        i, f, o, g = (self.x[steps, place] for place in range(4))  # each (steps, B, U)
        to_others = self.output_factors(steps, o)
        to_i, to_f, to_g = (to_others[:, place] for place in range(3))
        np.subtract(1, i, out=to_i)
        to_i *= i
        to_i *= g
        np.subtract(1, f, out=to_f)
        to_f *= self.kept[steps]
        np.multiply(g, g, out=to_g)
        np.subtract(1, to_g, out=to_g)
        to_g *= i
        return f

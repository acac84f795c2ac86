"""The long short-term memory with coupled input and forget gates."""

import numpy as np

from engine.activations import sigmoid_of_twice, tanh
from engine.arrays import Floats
from engine.cells.memory_cell import MemoryCell


class CIFG(MemoryCell):
    """LSTM with coupled input and forget gates: Greff et al. 2015, where it is called CIFG.

    What is forgotten is what is written over. The input gate's bias starts at -1,
    which is a forget bias of 1.

    i  = sigmoid(W_ii x + b_ii + W_hi h + b_hi)
    o  = sigmoid(W_io x + b_io + W_ho h + b_ho)
    g  = tanh(W_ig x + b_ig + W_hg h + b_hg)
    c' = (1 - i) * c + i * g  =  c + i * (g - c)
    h' = o * tanh(c')
    """

    name = "cifg"
    gates = ("i", "g", "o")
    order = (0, 2, 1)
    sigmoid_gates = 2
    columns = 3
    hidden_blocks = (0, 1, 2)
    input_blocks = (0, 1, 2)
    first_input_block = 0
    separate_bias = (False, False, False)

    def _prepare_forward(self) -> None:
        super()._prepare_forward()
        self.change = self.like(self.x[:, 0])  # (T, B, U): i * (g - c)
        i, o, g = (self.x[:, place] for place in range(3))
        self._forward_steps = self.each_step(
            self.h_with_one, self.x, self.x[:, :2], i, o, g, self.c, self.c[1:], self.change
        )

    def forward(self, W: Floats) -> None:
        """Fill i, o, g, c[1:] and h[1:]; see the class for the equations."""
        product = self.product
        for t, views in enumerate(self._forward_steps):
            h_with_one, gates, io, i, o, g, c, c_next, change = views
            np.matmul(h_with_one, W, out=product)  # (3, B, U)
            gates += product
            sigmoid_of_twice(io)
            tanh(g, out=g)
            np.subtract(g, c, out=change)
            change *= i
            np.add(c, change, out=c_next)
            self.write(t, o)

    def factors(self, steps: slice) -> Floats:
        """di = dc i (g - c) (1 - i),  dg = dc i (1 - g^2)."""
        i, o, g = (self.x[steps, place] for place in range(3))  # each (steps, B, U)
        to_others = self.output_factors(steps, o)
        to_i, to_g = to_others[:, 0], to_others[:, 1]
        forget = np.subtract(1, i, out=self.forget[: len(i)])
        np.multiply(self.change[steps], forget, out=to_i)
        np.multiply(g, g, out=to_g)
        np.subtract(1, to_g, out=to_g)
        to_g *= i
        return forget

    def _prepare_backward(self, d: Floats, mail: Floats) -> None:
        super()._prepare_backward(d, mail)
        self.forget = self.like(self.to_o)

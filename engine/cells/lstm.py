"""The long short-term memory."""

import numpy as np

from engine.activations import sigmoid_of_twice, tanh
from engine.arrays import Floats
from engine.cells.cell import Cell


class LSTM(Cell):
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
    carries_cell_state = True

    def __init__(self, *args, **kwargs) -> None:  # type: ignore[no-untyped-def]
        super().__init__(*args, **kwargs)
        self.tanh_c = np.empty_like(self.x[:, 0])  # (T, B, U)
        self.kept = np.empty_like(self.x[:, 0])  # f * c

    def forward(self, W: Floats) -> None:
        """Fill i, f, o, g, c[1:] and h[1:]; see the class for the equations."""
        product = self.product
        for t in range(self.sizes.T):
            gates, (i, f, o, g) = self.x[t], self.x[t]
            c, c_next, h_next = self.c[t], self.c[t + 1], self.h[t + 1]
            kept, tanh_c = self.kept[t], self.tanh_c[t]
            np.matmul(self.h_with_one[t], W, out=product)  # (4, B, U)
            gates += product
            sigmoid_of_twice(gates[:3])
            tanh(g, out=g)
            np.multiply(f, c, out=kept)
            np.multiply(i, g, out=c_next)
            c_next += kept
            tanh(c_next, out=tanh_c)
            np.multiply(o, tanh_c, out=h_next)
            self.h_shared[t + 1][:] = h_next
            self.shard.wait()

    def backward(self, dy: Floats) -> None:
        """Fill the gate gradients; d marks the gradient before a gate's squashing function.

        do = dh h' (1 - o),  dc += dh (o - h' tanh(c')),
        di = dc g i (1 - i),  df = dc f c (1 - f),  dg = dc i (1 - g^2).
        """
        dh, dc, d = self.dh, self.dc, self.d
        d_ifg, do = d[:3], d[3]
        dh[:] = dy[-1]
        dc[:] = 0
        for steps in self.stretches():
            self._factors(steps)
            for t in reversed(range(steps.start, steps.stop)):
                place = t - steps.start
                np.multiply(dh, self.to_o[place], out=do)
                dh *= self.to_c[place]
                dc += dh
                np.multiply(dc, self.to_ifg[place], out=d_ifg)  # (3, B, U)
                self.d_rows[t][:] = d
                if t:
                    dc *= self.x[t, 1]
                    np.add(self.through_weights(t), dy[t - 1], out=dh)

    def _factors(self, steps: slice) -> None:
        """All of the gate gradients but dh and dc: it needs no recurrence."""
        i, f, o, g = (self.x[steps, place] for place in range(4))  # each (steps, B, U)
        h_next, tanh_c = self.h[1:][steps], self.tanh_c[steps]
        to_o, to_c, to_ifg = self.to_o[: len(o)], self.to_c[: len(o)], self.to_ifg[: len(o)]
        to_i, to_f, to_g = (to_ifg[:, place] for place in range(3))
        np.subtract(1, o, out=to_o)
        to_o *= h_next
        np.multiply(h_next, tanh_c, out=to_c)
        np.subtract(o, to_c, out=to_c)
        np.subtract(1, i, out=to_i)
        to_i *= i
        to_i *= g
        np.subtract(1, f, out=to_f)
        to_f *= self.kept[steps]
        np.multiply(g, g, out=to_g)
        np.subtract(1, to_g, out=to_g)
        to_g *= i

    def _prepare_backward(self, d: Floats, mail: Floats) -> None:
        super()._prepare_backward(d, mail)
        self.to_ifg = np.empty_like(self.x[: self.stretch, :3])  # (steps, 3, B, U)
        self.to_o = np.empty_like(self.x[: self.stretch, 0])
        self.to_c = np.empty_like(self.to_o)
        self.dc = np.empty_like(self.scratch)

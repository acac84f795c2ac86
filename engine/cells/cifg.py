"""The long short-term memory with coupled input and forget gates."""

import numpy as np

from engine.activations import sigmoid_of_twice, tanh
from engine.arrays import Floats
from engine.cells.cell import Cell


class CIFG(Cell):
    """LSTM with coupled input and forget gates: Greff et al. 2015, section 3 (CIFG).

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
    carries_cell_state = True

    def __init__(self, *args, **kwargs) -> None:  # type: ignore[no-untyped-def]
        super().__init__(*args, **kwargs)
        self.tanh_c = np.empty_like(self.x[:, 0])  # (T, B, U)
        self.change = np.empty_like(self.x[:, 0])  # i * (g - c)

    def forward(self, W: Floats) -> None:
        """Fill i, o, g, c[1:] and h[1:]; see the class for the equations."""
        product = self.product
        for t in range(self.sizes.T):
            gates, (i, o, g) = self.x[t], self.x[t]
            c, c_next, h_next = self.c[t], self.c[t + 1], self.h[t + 1]
            change, tanh_c = self.change[t], self.tanh_c[t]
            np.matmul(self.h_with_one[t], W, out=product)  # (3, B, U)
            gates += product
            sigmoid_of_twice(gates[:2])
            tanh(g, out=g)
            np.subtract(g, c, out=change)
            change *= i
            np.add(c, change, out=c_next)
            tanh(c_next, out=tanh_c)
            np.multiply(o, tanh_c, out=h_next)
            self.h_shared[t + 1][:] = h_next
            self.shard.wait()

    def backward(self, dy: Floats) -> None:
        """Fill the gate gradients; d marks the gradient before a gate's squashing function.

        do = dh h' (1 - o),  dc += dh (o - h' tanh(c')),
        di = dc i (g - c) (1 - i),  dg = dc i (1 - g^2).
        """
        dh, dc, d = self.dh, self.dc, self.d
        d_ig, do = d[:2], d[2]
        dh[:] = dy[-1]
        dc[:] = 0
        for steps in self.stretches():
            self._factors(steps)
            for t in reversed(range(steps.start, steps.stop)):
                place = t - steps.start
                np.multiply(dh, self.to_o[place], out=do)
                dh *= self.to_c[place]
                dc += dh
                np.multiply(dc, self.to_ig[place], out=d_ig)  # (2, B, U)
                self.d_rows[t][:] = d
                if t:
                    dc *= self.forget[place]
                    np.add(self.through_weights(t), dy[t - 1], out=dh)

    def _factors(self, steps: slice) -> None:
        """All of the gate gradients but dh and dc: it needs no recurrence."""
        i, o, g = (self.x[steps, place] for place in range(3))  # each (steps, B, U)
        h_next, tanh_c = self.h[1:][steps], self.tanh_c[steps]
        to_o, to_c, to_ig = self.to_o[: len(o)], self.to_c[: len(o)], self.to_ig[: len(o)]
        to_i, to_g = to_ig[:, 0], to_ig[:, 1]
        np.subtract(1, o, out=to_o)
        to_o *= h_next
        np.multiply(h_next, tanh_c, out=to_c)
        np.subtract(o, to_c, out=to_c)
        forget = np.subtract(1, i, out=self.forget[: len(o)])
        np.multiply(self.change[steps], forget, out=to_i)
        np.multiply(g, g, out=to_g)
        np.subtract(1, to_g, out=to_g)
        to_g *= i

    def _prepare_backward(self, d: Floats, mail: Floats) -> None:
        super()._prepare_backward(d, mail)
        self.to_ig = np.empty_like(self.x[: self.stretch, :2])  # (steps, 2, B, U)
        self.to_o = np.empty_like(self.x[: self.stretch, 0])
        self.to_c = np.empty_like(self.to_o)
        self.forget = np.empty_like(self.to_o)
        self.dc = np.empty_like(self.scratch)

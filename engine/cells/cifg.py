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

    def forward(self, W: Floats) -> None:
        """Fill i, o, g, c[1:] and h[1:]; see the class for the equations."""
        product, change = self.product, self.scratch
        for t in range(self.sizes.T):
            gates, (i, o, g) = self.x[t], self.x[t]
            c, c_next, h_next = self.c[t], self.c[t + 1], self.h[t + 1]
            np.matmul(self.h_with_one[t], W, out=product)  # (3, B, U)
            gates += product
            sigmoid_of_twice(gates[:2])
            tanh(g, out=g)
            np.subtract(g, c, out=change)
            change *= i
            np.add(c, change, out=c_next)
            tanh(c_next, out=self.tanh_c[t])
            np.multiply(o, self.tanh_c[t], out=h_next)
            self.h_shared[t + 1][:] = h_next
            self.shard.wait()

    def backward(self, dy: Floats, W: Floats) -> None:
        """Fill the gate gradients; d marks the gradient before a gate's squashing function.

        do = dh tanh(c') o (1 - o),  dc += dh o (1 - tanh(c')^2),
        di = dc (g - c) i (1 - i),  dg = dc i (1 - g^2).
        All but dh and dc is local: it needs no recurrence and comes first, for all time steps.
        """
        i, o, g = (self.x[:, place] for place in range(3))  # each (T, B, U)
        to_o, to_c = self.to_o, self.tanh_c
        to_i, to_g = (self.to_ig[:, place] for place in range(2))
        np.subtract(1, o, out=to_o)
        to_o *= o
        to_o *= to_c
        to_c *= to_c
        np.subtract(1, to_c, out=to_c)
        to_c *= o
        forget = np.subtract(1, i, out=o)  # the output gate is needed no more
        np.subtract(g, self.c[:-1], out=to_i)
        to_i *= i
        to_i *= forget
        np.multiply(g, g, out=to_g)
        np.subtract(1, to_g, out=to_g)
        to_g *= i

        dh, dc, dh_parts, d = self.dh, self.dc, self.dh_parts, self.d
        d_ig, do = d[:2], d[2]
        dh[:] = dy[-1]
        dc[:] = 0
        for t in reversed(range(self.sizes.T)):
            np.multiply(dh, to_o[t], out=do)
            dh *= to_c[t]
            dc += dh
            np.multiply(dc, self.to_ig[t], out=d_ig)  # (2, B, U)
            self.d_shared[t][:] = d
            self.shard.wait()
            if t:
                dc *= forget[t]
                np.matmul(self.d_hidden[t], W, out=dh_parts)  # (parts, B, U)
                np.add(dh_parts[0], dy[t - 1], out=dh)
                for part in dh_parts[1:]:
                    dh += part

    def _prepare_backward(self, d: Floats) -> None:
        super()._prepare_backward(d)
        self.to_ig = np.empty_like(self.x[:, :2])  # (T, 2, B, U)
        self.to_o = np.empty_like(self.x[:, 0])
        self.dc = np.empty_like(self.scratch)

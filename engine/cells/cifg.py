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
    input_blocks = (0, 1, 2)
    hidden_columns = 0
    separate_bias = (False, False, False)
    carries_cell_state = True

    def __init__(self, *args, **kwargs) -> None:  # type: ignore[no-untyped-def]
        super().__init__(*args, **kwargs)
        self.c: Floats
        self.tanh_c = np.empty_like(self.x[0])  # (T, B, U)

    def forward(self, W: Floats) -> None:
        """Fill i, o, g, c[1:] and h[1:]; see the class for the equations."""
        product, difference = self.product, self.scratch
        x, c, tanh_c = self.x, self.c, self.tanh_c
        for t in range(self.sizes.T):
            np.matmul(self.h_with_one[t], W, out=product)  # (3, B, U)
            gates = x[:, t]
            gates += product
            sigmoid_of_twice(gates[:2])
            i, o, g = gates
            tanh(g, out=g)
            np.subtract(g, c[t], out=difference)
            difference *= i
            np.add(c[t], difference, out=c[t + 1])
            tanh(c[t + 1], out=tanh_c[t])
            np.multiply(o, tanh_c[t], out=self.h_own[t + 1])
            self.shard.wait()

    def backward(self, dy: Floats, W: Floats) -> None:
        """Fill the gate gradients.

        The local derivatives need no recurrence and come first, for all time steps at once:
        do' = dh tanh(c') o (1 - o),  dc += dh o (1 - tanh(c')^2),
        di' = dc (g - c) i (1 - i),  dg' = dc i (1 - g^2)
        where ' on a gradient marks it as before the gate's squashing function.
        """
        T = self.sizes.T
        i, o, g = self.x
        spare = self.spare
        to_ig, to_o, to_c = self.to_ig, self.to_o, self.tanh_c
        to_i, to_g = to_ig
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

        dh, dc, dh_from_gates = self.dh, self.dc, self.dh_from_gates
        dh[:] = dy[T - 1]
        dc[:] = 0
        for t in reversed(range(T)):
            d = self.d_own[t]  # (3, B, U): i, g, o
            np.multiply(dh, to_o[t], out=d[2])
            np.multiply(dh, to_c[t], out=spare)
            dc += spare
            np.multiply(dc, to_ig[:, t], out=d[:2])
            self.shard.wait()
            if t:
                dc *= forget[t]
                np.matmul(self.d_hidden[t], W, out=dh_from_gates)  # (B, U)
                np.add(dh_from_gates, dy[t - 1], out=dh)

    def _prepare_backward(self, d: Floats) -> None:
        super()._prepare_backward(d)
        self.to_ig = np.empty_like(self.x[:2])
        self.to_o = np.empty_like(self.x[0])
        self.dc = np.empty_like(self.scratch)
        self.spare = np.empty_like(self.scratch)

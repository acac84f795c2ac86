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

    def forward(self, W: Floats) -> None:
        """Fill i, f, o, g, c[1:] and h[1:]; see the class for the equations."""
        product, ig = self.product, self.scratch
        for t in range(self.sizes.T):
            gates, (i, f, o, g) = self.x[t], self.x[t]
            c, c_next, h_next = self.c[t], self.c[t + 1], self.h[t + 1]
            np.matmul(self.h_with_one[t], W, out=product)  # (4, B, U)
            gates += product
            sigmoid_of_twice(gates[:3])
            tanh(g, out=g)
            np.multiply(f, c, out=c_next)
            np.multiply(i, g, out=ig)
            c_next += ig
            tanh(c_next, out=self.tanh_c[t])
            np.multiply(o, self.tanh_c[t], out=h_next)
            self.h_shared[t + 1][:] = h_next
            self.shard.wait()

    def backward(self, dy: Floats, W: Floats) -> None:
        """Fill the gate gradients; d marks the gradient before a gate's squashing function.

        do = dh tanh(c') o (1 - o),  dc += dh o (1 - tanh(c')^2),
        di = dc g i (1 - i),  df = dc c f (1 - f),  dg = dc i (1 - g^2).
        All but dh and dc is local: it needs no recurrence and comes first, for all time steps.
        """
        i, f, o, g = (self.x[:, place] for place in range(4))  # each (T, B, U)
        to_o, to_c = self.to_o, self.tanh_c
        to_i, to_f, to_g = (self.to_ifg[:, place] for place in range(3))
        np.subtract(1, o, out=to_o)
        to_o *= o
        to_o *= to_c
        to_c *= to_c
        np.subtract(1, to_c, out=to_c)
        to_c *= o
        np.subtract(1, i, out=to_i)
        to_i *= i
        to_i *= g
        np.subtract(1, f, out=to_f)
        to_f *= f
        to_f *= self.c[:-1]
        np.multiply(g, g, out=to_g)
        np.subtract(1, to_g, out=to_g)
        to_g *= i

        dh, dc, dh_parts, d = self.dh, self.dc, self.dh_parts, self.d
        d_ifg, do = d[:3], d[3]
        dh[:] = dy[-1]
        dc[:] = 0
        for t in reversed(range(self.sizes.T)):
            np.multiply(dh, to_o[t], out=do)
            dh *= to_c[t]
            dc += dh
            np.multiply(dc, self.to_ifg[t], out=d_ifg)  # (3, B, U)
            self.d_shared[t][:] = d
            self.shard.wait()
            if t:
                dc *= f[t]
                np.matmul(self.d_hidden[t], W, out=dh_parts)  # (parts, B, U)
                np.add(dh_parts[0], dy[t - 1], out=dh)
                for part in dh_parts[1:]:
                    dh += part

    def _prepare_backward(self, d: Floats) -> None:
        super()._prepare_backward(d)
        self.to_ifg = np.empty_like(self.x[:, :3])  # (T, 3, B, U)
        self.to_o = np.empty_like(self.x[:, 0])
        self.dc = np.empty_like(self.scratch)

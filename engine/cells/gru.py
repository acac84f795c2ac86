"""The gated recurrent unit."""

import numpy as np

from engine.activations import sigmoid_of_twice, tanh
from engine.arrays import Floats
from engine.cells.cell import Cell


class GRU(Cell):
    """Gated recurrent unit: Cho et al. 2014, in the form of cuDNN and torch.nn.GRU.

    z  = sigmoid(W_iz x + b_iz + W_hz h + b_hz)
    r  = sigmoid(W_ir x + b_ir + W_hr h + b_hr)
    a  = W_hn h + b_hn
    n  = tanh(W_in x + b_in + r * a)
    h' = (1 - z) * n + z * h  =  n + z * (h - n)
    """

    name = "gru"
    gates = ("r", "z", "n")
    order = (1, 0, 2)
    sigmoid_gates = 2
    columns = 4  # da, dr, dz, dn: the hidden state sees the first three, the input the last
    hidden_blocks = (2, 0, 1)
    input_blocks = (0, 1, 2)
    first_input_block = 1
    separate_bias = (False, False, True)
    carries_cell_state = False

    def __init__(self, *args, **kwargs) -> None:  # type: ignore[no-untyped-def]
        super().__init__(*args, **kwargs)
        self.a = np.empty_like(self.x[:, 0])  # (T, B, U)

    def forward(self, W: Floats) -> None:
        """Fill z, r, n, a and h[1:]; see the class for the equations."""
        product, change = self.product, self.scratch
        for t in range(self.sizes.T):
            zr, (z, r, n), a = self.x[t, :2], self.x[t], self.a[t]
            h, h_next = self.h[t], self.h[t + 1]
            np.matmul(self.h_with_one[t], W, out=product)  # (3, B, U)
            zr += product[:2]
            sigmoid_of_twice(zr)
            a[:] = product[2]
            np.multiply(r, a, out=change)
            n += change
            tanh(n, out=n)
            np.subtract(h, n, out=change)
            change *= z
            np.add(n, change, out=h_next)
            self.h_shared[t + 1][:] = h_next
            self.shard.wait()

    def backward(self, dy: Floats, W: Floats) -> None:
        """Fill the gate gradients; d marks the gradient before a gate's squashing function.

        dz = dh (h - n) z (1 - z),  dn = dh (1 - z)(1 - n^2),  da = dn r,  dr = dn a r (1 - r).
        All but dh and dn is local: it needs no recurrence and comes first, for all time steps.
        """
        z, r, n = (self.x[:, place] for place in range(3))  # each (T, B, U)
        to_z, to_n = self.to_zn[:, 0], self.to_zn[:, 1]
        a, keep = self.a, self.spare
        np.subtract(1, z, out=keep)
        np.subtract(self.h[:-1], n, out=to_z)
        to_z *= z
        to_z *= keep
        np.multiply(n, n, out=to_n)
        np.subtract(1, to_n, out=to_n)
        to_n *= keep
        to_r = np.subtract(1, r, out=n)  # in the place of n, beside r
        to_r *= r
        to_r *= a

        dh, dh_parts, d = self.dh, self.dh_parts, self.d
        d_ar, d_zn, dn = d[:2], d[2:], d[3]
        dh[:] = dy[-1]
        for t in reversed(range(self.sizes.T)):
            np.multiply(dh, self.to_zn[t], out=d_zn)  # (2, B, U)
            np.multiply(dn, self.x[t, 1:], out=d_ar)  # (2, B, U)
            self.d_shared[t][:] = d
            self.shard.wait()
            if t:
                np.matmul(self.d_hidden[t], W, out=dh_parts)  # (parts, B, U)
                dh *= self.x[t, 0]
                dh += dy[t - 1]
                for part in dh_parts:
                    dh += part

    def _prepare_backward(self, d: Floats) -> None:
        super()._prepare_backward(d)
        self.to_zn = np.empty_like(self.x[:, :2])  # (T, 2, B, U)
        self.spare = np.empty_like(self.x[:, 0])  # (T, B, U)

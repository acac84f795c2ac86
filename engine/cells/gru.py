"""The gated recurrent unit."""

import numpy as np

from engine.activations import sigmoid_of_twice, tanh
from engine.arrays import Floats
from engine.cells.cell import Cell


class GRU(Cell):
    """Gated recurrent unit: Cho et al. 2014, in the form of cuDNN and torch.nn.GRU.

    r  = sigmoid(W_ir x + b_ir + W_hr h + b_hr)
    z  = sigmoid(W_iz x + b_iz + W_hz h + b_hz)
    a  = W_hn h + b_hn
    n  = tanh(W_in x + b_in + r * a)
    h' = (1 - z) * n + z * h  =  n + z * (h - n)
    """

    name = "gru"
    gates = ("r", "z", "n")
    order = (0, 1, 2)
    sigmoid_gates = 2
    columns = 4  # n as the input sees it, then r, z and n as the hidden state sees them
    input_blocks = (2, 0, 1)
    hidden_columns = 1
    separate_bias = (False, False, True)
    carries_cell_state = False

    def __init__(self, *args, **kwargs) -> None:  # type: ignore[no-untyped-def]
        super().__init__(*args, **kwargs)
        T = self.sizes.T
        self.a = np.empty_like(self.x[0])  # (T, B, U)
        self.steps = [
            (self.x[:2, t], self.x[0, t], self.x[1, t], self.x[2, t], self.a[t]) for t in range(T)
        ]

    def forward(self, W: Floats) -> None:
        """Fill r, z, n, a and h[1:]; see the class for the equations."""
        product, difference = self.product, self.scratch
        product_rz, product_n = product[:2], product[2]
        h, h_own = self.h_with_one, self.h_own
        for t, (rz, r, z, n, a) in enumerate(self.steps):
            np.matmul(h[t], W, out=product)  # (3, B, U)
            rz += product_rz
            sigmoid_of_twice(rz)
            a[:] = product_n
            product_n *= r
            n += product_n
            tanh(n, out=n)
            np.subtract(h_own[t], n, out=difference)
            difference *= z
            np.add(n, difference, out=h_own[t + 1])
            self.shard.wait()

    def backward(self, dy: Floats, W: Floats) -> None:
        """Fill the gate gradients.

        The local derivatives need no recurrence and come first, for all time steps at once:
        dz' = dh (h - n) z (1 - z),  dn' = dh (1 - z)(1 - n^2),  da = dn' r,  dr' = da a (1 - r)
        where ' marks the gradient before the gate's squashing function.
        """
        T = self.sizes.T
        r, z, n = self.x
        to_zn = self.to_zn  # (2, T, B, U): dz' / dh and dn' / dh
        to_z, to_n = to_zn
        to_r = self.a
        keep = np.subtract(1, z, out=to_n)  # 1 - z
        for t in range(T):
            np.subtract(self.h_own[t], n[t], out=to_z[t])
        to_z *= z
        to_z *= keep
        n *= n
        np.subtract(1, n, out=n)
        to_n *= n
        np.subtract(1, r, out=n)
        to_r *= n

        dh, dh_from_gates = self.dh, self.dh_from_gates
        dh[:] = dy[T - 1]
        for t in reversed(range(T)):
            dn_input, dr, dz, dn_hidden = self.d_own[t]
            np.multiply(dh, to_z[t], out=dz)
            dn = np.multiply(dh, to_n[t], out=self.scratch)
            dn_input[:] = dn
            dn *= r[t]
            dn_hidden[:] = dn
            np.multiply(dn, to_r[t], out=dr)
            self.shard.wait()
            if t:
                np.matmul(self.d_hidden[t], W, out=dh_from_gates)  # (B, U)
                dh *= z[t]
                dh += dh_from_gates
                dh += dy[t - 1]

    def _prepare_backward(self, d: Floats) -> None:
        super()._prepare_backward(d)
        self.to_zn = np.empty_like(self.x[:2])

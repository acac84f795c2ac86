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
    columns = 4  # da, dr, dz, dn: the hidden state sees the first three, the input all but da
    hidden_blocks = (2, 0, 1)
    input_blocks = (0, 1, 2)
    first_input_block = 1
    separate_bias = (False, False, True)
    carries_cell_state = False

    def _prepare_forward(self) -> None:
        self.ra = self.like(self.x[:, 0])  # (T, B, U)
        self.kept = self.like(self.x[:, 0])  # z * (h - n)
        z, r, n = (self.x[:, place] for place in range(3))
        h_next, h_shared = self.h[1:], self.h_shared[1:]
        self._forward_steps = self.each_step(
            self.h_with_one, self.x[:, :2], z, r, n, self.ra, self.kept, self.h, h_next, h_shared
        )

    def forward(self, W: Floats) -> None:
        """Fill z, r, n and h[1:]; see the class for the equations."""
        product, a = self.product, self.product[2]
        for views in self._forward_steps:
            h_with_one, zr, z, r, n, ra, kept, h, h_next, h_shared = views
            np.matmul(h_with_one, W, out=product)  # (3, B, U)
            zr += product[:2]
            sigmoid_of_twice(zr)
            np.multiply(r, a, out=ra)
            n += ra
            tanh(n, out=n)
            np.subtract(h, n, out=kept)
            kept *= z
            np.add(n, kept, out=h_next)
            h_shared[:] = h_next
            self.shard.wait()

    def backward(self, dy: Floats) -> None:
        """Fill the gate gradients; d marks the gradient before a gate's squashing function.

        dz = dh z (h - n) (1 - z),  dn = dh (1 - z)(1 - n^2),  da = dn r,  dr = dn r a (1 - r),
        and dh of the step before is dh z, what comes through the weights, and its own dy.
        """
        dh, d = self.dh, self.d
        d_ar, d_zn, dn = d[:2], d[2:], d[3]
        dh[:] = dy[-1]
        for steps in self.stretches():
            self._factors(steps)
            for t in reversed(range(steps.start, steps.stop)):
                z, to_ar, d_row = self._backward_steps[t]
                np.multiply(dh, self._factor_steps[t - steps.start], out=d_zn)  # (2, B, U)
                np.multiply(dn, to_ar, out=d_ar)  # (2, B, U)
                d_row[:] = d
                if t:
                    dh *= z
                    dh += self.through_weights(t)
                    dh += dy[t - 1]

    def _factors(self, steps: slice) -> None:
        """What dh and dn are multiplied by in the gate gradients: it needs no recurrence."""
        z, r, n = (self.x[steps, place] for place in range(3))  # each (steps, B, U)
        to_z, to_n = self.to_zn[: len(z), 0], self.to_zn[: len(z), 1]
        open_ = np.subtract(1, z, out=self.open[: len(z)])
        np.multiply(self.kept[steps], open_, out=to_z)
        np.multiply(n, n, out=to_n)
        np.subtract(1, to_n, out=to_n)
        to_n *= open_
        to_r = np.subtract(1, r, out=n)  # in the place of n, beside r
        to_r *= self.ra[steps]

    def _prepare_backward(self, d: Floats, mail: Floats) -> None:
        super()._prepare_backward(d, mail)
        self.to_zn = self.like(self.x[: self.stretch, :2])  # (steps, 2, B, U)
        self._factor_steps = list(self.to_zn)
        self._backward_steps = self.each_step(self.x[:, 0], self.x[:, 1:], self.d_rows)
        self.open = self.like(self.x[: self.stretch, 0])  # 1 - z

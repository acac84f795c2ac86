"""What the cells with a cell state c have in common: h' = o * tanh(c'), and the way back."""

from abc import abstractmethod

import numpy as np

from engine.activations import tanh
from engine.arrays import Floats
from engine.cells.cell import Cell


class MemoryCell(Cell):
    """A cell with a cell state c and an output gate o, which is the last of its gates.

    do = dh h' (1 - o),  dc += dh (o - h' tanh(c')),
    and dc times a factor of its own for each of the other gates; d marks the gradient before
    a gate's squashing function. dc of the step before is dc times what c' has kept of c; its dh
    is what comes through the weights, and its own dy.
    """

    carries_cell_state = True

    def _prepare_forward(self) -> None:
        self.tanh_c = self.like(self.x[:, 0])  # (T, B, U)
        self._writes = self.each_step(self.c[1:], self.tanh_c, self.h[1:], self.h_shared[1:])

    def write(self, t: int, o: Floats) -> None:
        """h' from c' and the output gate, and tell the others."""
        c_next, tanh_c, h_next, h_shared = self._writes[t]
        tanh(c_next, out=tanh_c)
        np.multiply(o, tanh_c, out=h_next)
        h_shared[:] = h_next
        self.shard.wait()

    def backward(self, dy: Floats) -> None:
        """Fill the gate gradients; see the class for the equations."""
        dh, dc, d = self.dh, self.dc, self.d
        d_others, do = d[:-1], d[-1]
        dh[:] = dy[-1]
        dc[:] = 0
        for steps in self.stretches():
            forget = self.factors(steps)
            for t in reversed(range(steps.start, steps.stop)):
                place = t - steps.start
                to_o, to_c, to_others = self._factor_steps[place]
                np.multiply(dh, to_o, out=do)
                dh *= to_c
                dc += dh
                np.multiply(dc, to_others, out=d_others)  # (G-1, B, U)
                self.d_rows[t][:] = d
                if t:
                    dc *= forget[place]
                    np.add(self.through_weights(t), dy[t - 1], out=dh)

    @abstractmethod
    def factors(self, steps: slice) -> Floats:
        """Fill `to_o`, `to_c` and `to_others`, which need no recurrence.

        Returns what c' has kept of c, (steps, B, U).
        """

    def output_factors(self, steps: slice, o: Floats) -> Floats:
        """Fill `to_o` and `to_c`; returns `to_others` (steps, G-1, B, U) of as many steps."""
        h_next, to_o, to_c = self.h[1:][steps], self.to_o[: len(o)], self.to_c[: len(o)]
        np.subtract(1, o, out=to_o)
        to_o *= h_next
        np.multiply(h_next, self.tanh_c[steps], out=to_c)
        np.subtract(o, to_c, out=to_c)
        return self.to_others[: len(o)]

    def _prepare_backward(self, d: Floats, mail: Floats) -> None:
        super()._prepare_backward(d, mail)
        self.to_others = self.like(self.x[: self.stretch, 1:])  # (steps, G-1, B, U)
        self.to_o = self.like(self.x[: self.stretch, 0])
        self.to_c = self.like(self.to_o)
        self._factor_steps = self.each_step(self.to_o, self.to_c, self.to_others)
        self.dc = self.like(self.scratch)

"""What every cell shares: its sizes, its slice of the units, and the buffers of its gates.

Letters, here and in the cells: T time steps, B streams of a batch, H hidden units,
U of them this shard's own, G gates, K columns of gate gradients a unit.
"""

from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from engine.arrays import Floats
from engine.memory import padded_width
from engine.shards import Shard

# OpenBLAS has a kernel that packs nothing for products of at most this many multiply-adds.
SMALL_PRODUCT = 1_000_000


class Sizes(NamedTuple):
    """T, B and H of one pass over a batch."""

    T: int
    B: int
    H: int


class Cell:
    """A recurrent cell: `forward` over a sequence, `backward` over the same, for its own units.

    A shard computes all gates of its own U units for the whole batch. It reads
    the hidden state of all units, so shards wait for one another once a step.
    """

    name: ClassVar[str]
    gates: ClassVar[tuple[str, ...]]  # in torch's order: the row blocks of weight_ih and weight_hh
    order: ClassVar[tuple[int, ...]]  # the same in this cell's order: sigmoid gates first
    sigmoid_gates: ClassVar[int]
    columns: ClassVar[int]  # K: blocks of H columns in the gate gradients
    # The gradient of which gate (in torch's order) each consecutive column block is, as the
    # hidden state sees it and as the input sees it; and where the input's blocks begin.
    hidden_blocks: ClassVar[tuple[int, ...]]
    input_blocks: ClassVar[tuple[int, ...]]
    first_input_block: ClassVar[int]
    # Whether bias_hh stays apart from bias_ih (it is scaled by the reset gate).
    separate_bias: ClassVar[tuple[bool, ...]]
    carries_cell_state: ClassVar[bool]

    def __init__(
        self, sizes: Sizes, shard: Shard, dtype: DTypeLike, h: Floats, d: Floats | None
    ) -> None:
        """`h` (T+1, B, padded H) and `d` (T, B, padded K*H) are shared by all shards.

        Column H of `h` is 1, so that the last row of the recurrent weights is the bias.
        """
        T, B, H = sizes
        own = shard.own(H)
        U = own.stop - own.start
        self.sizes = sizes
        self.shard = shard
        self.own = own
        self.dtype = np.dtype(dtype)
        self.x: Floats = np.empty((T, len(self.gates), B, U), dtype)  # input products, then gates
        self.h_with_one = [h[t, :, : H + 1] for t in range(T + 1)]  # each (B, H+1)
        self.h_shared = [h[t, :, own] for t in range(T + 1)]  # each (B, U)
        # A shard's own part of `h` again, without gaps: arithmetic on it is twice as fast.
        self.h: Floats = np.zeros((T + 1, B, U), dtype)
        self.c: Floats = np.zeros((T + 1, B, U) if self.carries_cell_state else 0, dtype)
        self.product = np.empty((len(self.gates), B, U), dtype)
        self.scratch = np.empty((B, U), dtype)
        if d is not None:
            self._prepare_backward(d)

    def _prepare_backward(self, d: Floats) -> None:
        T, B, H = self.sizes
        U = self.scratch.shape[1]
        blocks = d[:, :, : self.columns * H].reshape(T, B, self.columns, H)
        own_blocks = blocks[..., self.own].transpose(0, 2, 1, 3)
        self.d_shared = list(own_blocks)  # each (K, B, U)
        self.parts = len(self.gates) if B * H * U <= SMALL_PRODUCT else 1
        hidden = d[:, :, : len(self.gates) * H].reshape(T, B, self.parts, -1)
        self.d_hidden = list(hidden.transpose(0, 2, 1, 3))  # each (parts, B, G*H/parts)
        self.d: Floats = np.empty((self.columns, B, U), self.dtype)
        self.dh = np.empty((B, U), self.dtype)
        self.dh_parts = np.empty((self.parts, B, U), self.dtype)

    def forward(self, W: Floats) -> None:
        """Turn `x` into gates and fill `h` from h[0]; the last row of W (G, H+1, U) is the bias."""
        raise NotImplementedError

    def backward(self, dy: Floats, W: Floats) -> None:
        """Fill the shared `d` from dy (T, B, U), the gradient of the outputs.

        W (parts, G*H/parts, U) are the recurrent weights from all units' gates, in the
        order of `hidden_blocks`, to own units; the parts' products are added up.
        """
        raise NotImplementedError


def gradient_width(columns: int, H: int) -> int:
    """Columns of the shared gate gradients, padded."""
    return padded_width(columns * H)

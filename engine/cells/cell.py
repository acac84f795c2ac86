"""What every cell shares: its sizes, its slice of the units, and the buffers of its gates.

Letters, here and in the cells: T time steps, B streams of a batch, H hidden units,
U of them this shard's own, G gates, K columns of gate gradients a unit.
What belongs to own units lies in tiles: (B, U) stands for the shape (u, b, R, C) of `engine.tiles`.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from engine.arrays import Floats
from engine.contributions import Contributions
from engine.memory import aligned_empty
from engine.shards import Shard
from engine.tiles import Tiles

STRETCH = 16_384  # elements of (stretch, B, U): so many time steps fit into the second-level cache


def stretch(T: int, size: int) -> int:
    """How many of T time steps to work on at a time, where one has `size` elements."""
    return max(1, min(T, STRETCH // size))


def stretches(T: int, length: int) -> Iterator[slice]:
    """The slices that cut T time steps into stretches, the last ones first."""
    for start in reversed(range(0, T, length)):
        yield slice(start, min(start + length, T))


class Sizes(NamedTuple):
    """T, B and H of one pass over a batch."""

    T: int
    B: int
    H: int


class Cell(ABC):
    """A recurrent cell: `forward` over a sequence, `backward` over the same, for its own units.

    A shard computes all gates of its own U units for the whole batch. It reads
    the hidden state of all units, so shards wait for one another once a step.
    """

    name: ClassVar[str]
    gates: ClassVar[tuple[str, ...]]  # in torch's order: the row blocks of weight_ih and weight_hh
    order: ClassVar[tuple[int, ...]]  # which gate stands where in `x`: those with a sigmoid first
    sigmoid_gates: ClassVar[int]
    columns: ClassVar[int]  # K: blocks of U columns in the gate gradients
    # The gradient of which gate (in torch's order) each consecutive column block is, as the
    # hidden state sees it and as the input sees it; and where the input's blocks begin.
    hidden_blocks: ClassVar[tuple[int, ...]]
    input_blocks: ClassVar[tuple[int, ...]]
    first_input_block: ClassVar[int]
    # Whether bias_hh stays apart from bias_ih (it is scaled by the reset gate).
    separate_bias: ClassVar[tuple[bool, ...]]
    carries_cell_state: ClassVar[bool]

    def __init__(
        self,
        sizes: Sizes,
        shard: Shard,
        dtype: DTypeLike,
        h: Floats,
        d: Floats | None = None,
        mail: Floats | None = None,
    ) -> None:
        """`h` (T+1, B, padded H) and `mail` (2, shards, B*H) are shared by all shards.

        Column H of `h` is 1, so that the last row of the recurrent weights is the bias. `d`
        (T, B, padded K*U) takes the gate gradients; with `mail` it is what training needs.
        """
        T, B, H = sizes
        own = shard.own(H)
        self.sizes = sizes
        self.shard = shard
        self.own = own
        self.units = own.stop - own.start  # U
        self.dtype = np.dtype(dtype)
        self.owners = [Shard(rank, shard.count).own(H) for rank in range(shard.count)]
        G = len(self.gates)
        all_units = [one.stop - one.start for one in self.owners]
        depth = max(H + 1, 0 if mail is None else G * max(all_units))  # forward, and back
        self.all_tiles = [Tiles.of(B, units, depth) for units in all_units]
        self.tiles = tiles = self.all_tiles[shard.rank]
        self.x: Floats = aligned_empty((T, G, *tiles), dtype)  # input products, then gates
        self.h_with_one = list(tiles.left(h[..., : H + 1]))  # T+1 times the (B, H+1) of a product
        self.h_shared = list(tiles.cut(h[..., own]))  # T+1 times (B, U)
        # A shard's own part of `h` again, without gaps: arithmetic on it is twice as fast.
        self.h: Floats = aligned_empty((T + 1, *tiles), dtype)
        self.c: Floats = aligned_empty((T + 1, *tiles) if self.carries_cell_state else (0,), dtype)
        self.product = aligned_empty((G, *tiles), dtype)
        self.scratch = aligned_empty(tiles, dtype)
        self.stretch = stretch(T, self.scratch.size)
        self._prepare_forward()
        if d is not None and mail is not None:
            self._prepare_backward(d, mail)

    @abstractmethod
    def _prepare_forward(self) -> None:
        """Make the buffers that `forward` fills, and cut all into time steps."""

    def _prepare_backward(self, d: Floats, mail: Floats) -> None:
        """The same for `backward`."""
        T, B, _ = self.sizes
        tiles, G, U = self.tiles, len(self.gates), self.units
        blocks = d[..., : self.columns * U].reshape(T, B, self.columns, U).swapaxes(1, 2)
        self.d_rows = list(tiles.cut(blocks))  # T times (K, B, U)
        self.d: Floats = aligned_empty((self.columns, *tiles), self.dtype)
        self.back = Contributions(d[..., : G * U], self.all_tiles)
        self.dh = aligned_empty(tiles, self.dtype)
        self.dh_back = aligned_empty(tiles, self.dtype)
        self.mail = [self.addressed(mail[turn]) for turn in range(2)]

    def like(self, array: Floats) -> Floats:
        """An array of the same shape that is not yet filled."""
        return aligned_empty(array.shape, self.dtype)

    def each_step(self, *arrays: Sequence[Floats] | Floats) -> list[tuple[Floats, ...]]:
        """The views of each time step, at most T, on arrays whose first axis is the time.

        They are cut once and for all: that takes as long as a small layer's arithmetic on them.
        """
        return list(zip(*arrays, strict=False))[: self.sizes.T]

    def addressed(self, mail: Floats, *first: int) -> list[list[Floats]]:
        """`mail` (shards, ... * B*H) as an array (*first, B, U) for each sender and receiver."""
        each = mail.shape[1] // self.sizes.H
        return [
            [
                sent[each * own.start : each * own.stop].reshape(*first, *tiles)
                for own, tiles in zip(self.owners, self.all_tiles, strict=True)
            ]
            for sent in mail
        ]

    def through_weights(self, t: int) -> Floats:
        """dh (B, U) of the time step before t, what has come through the recurrent weights.

        The others' parts come first: while this shard computes its own, theirs arrive. Mail is
        sent in turns, so that a shard that is ahead writes where nobody reads any more.
        """
        mail, me, shard = self.mail[t % 2], self.shard.rank, self.shard
        for other in shard.others:
            self.back.at(t, other, out=mail[me][other])
        shard.arrive()
        self.back.at(t, me, out=self.dh_back)
        shard.meet()
        for other in shard.others:
            self.dh_back += mail[other][me]
        return self.dh_back

    def stretches(self) -> Iterator[slice]:
        """All time steps, a stretch at a time, the last ones first."""
        return stretches(self.sizes.T, self.stretch)

    @abstractmethod
    def forward(self, W: Floats) -> None:
        """Turn `x` into gates and fill `h` from h[0]; W (G, H+1, U), whose last row is the bias."""

    @abstractmethod
    def backward(self, dy: Floats) -> None:
        """Fill `d` from dy (T, B, U), the gradient of the outputs.

        `back` has the recurrent weights, their rows in the order of `hidden_blocks`.
        """

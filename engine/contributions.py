"""The way back over weights: what the gate gradients of own units give to the units that were read.

A shard's gates have read all units, so each shard has a share in the gradient of every unit.
It computes the other shards' shares first and leaves them in shared memory: (B, U) for each,
which is less than the gate gradients from which they could compute them.

Letters as in `engine.cells.cell`.
"""

import numpy as np

from engine.arrays import Floats
from engine.tiles import Tiles


class Contributions:
    """d @ W for the units of one shard after another, where W is laid out only once a step."""

    def __init__(self, d: Floats, receivers: list[Tiles]) -> None:
        """d (T, B, G*U) are own gate gradients; the receivers' tiles, in the order of the units."""
        depth = d.shape[2]
        self.d = d
        self.receivers = receivers
        self._left = [list(tiles.left(d)) for tiles in receivers]
        self._W = [tiles.empty_right((depth, tiles.u * tiles.C), d.dtype) for tiles in receivers]
        self._all_at_once = [tiles.take_all_at_once(depth) for tiles in receivers]

    def refresh(self, weights: Floats) -> None:
        """Take over the weights (G*U, H) from own gates to all units."""
        start = 0
        for tiles, W in zip(self.receivers, self._W, strict=True):
            end = start + tiles.u * tiles.C
            W[:] = tiles.right(weights[:, start:end])
            start = end

    def at(self, t: int, receiver: int, out: Floats) -> Floats:
        """What time step t gives to the units (B, U) of a shard."""
        return np.matmul(self._left[receiver][t], self._W[receiver], out=out)

    def at_all(self, receiver: int, out: Floats) -> Floats:
        """What each time step gives to the units of a shard; out (T, B, U)."""
        W, depth = self._W[receiver], self.d.shape[2]
        if not self._all_at_once[receiver]:
            return np.matmul(self.receivers[receiver].left(self.d), W, out=out)
        d = self.d.reshape(-1, depth)
        np.matmul(d, W.reshape(depth, -1), out=out.reshape(len(d), -1))
        return out

"""What a layer's gates read from below, brought to the same size for every character.

Letters as in `engine.cells.cell`; a are the products with the input weights, without a bias.
"""

import numpy as np

from engine.arrays import Floats
from engine.cells.cell import Cell
from engine.exchange import Exchange
from engine.memory import aligned_empty

EPSILON = 1e-5  # below a mean square


class InputNorm:
    """Root mean square layer normalisation (Zhang and Sennrich 2019, equation 4) without a gain.

    For every position and gate, over its H units:

    a'  = a / r,  r = sqrt(mean(a^2) + EPSILON)
    da  = (da' - a' mean(da' a')) / r

    A shard has the products of its own units only, so the shards add their sums up. The hidden
    state's products stay as they are: nothing here has to wait for a time step.
    """

    def __init__(self, cell: Cell, exchange: Exchange, scale: Floats) -> None:
        """scale (G,): what the products of each gate, in the cell's order, come multiplied by."""
        T, B, _ = cell.sizes
        G, U = len(cell.gates), cell.units
        self.cell = cell
        self.shard = cell.shard
        self.square_sum = cell.sizes.H * scale[:, None] ** 2  # (G, 1), where the mean square is 1
        self.sums = exchange.sums_over_units  # (shards, T, G, B)
        self.inverse = aligned_empty((T, G, B), exchange.dtype)  # 1 / r
        self.training = exchange.training
        if self.training:
            # a' times the scale, in the rows and the order of the gate gradients.
            self.normalised = aligned_empty((T, B, G, U), exchange.dtype)
            self._tiled = cell.tiles.cut(self.normalised.swapaxes(1, 2))  # (T, G, B, U)
            self._places = [cell.order.index(gate) for gate in cell.input_blocks]
            self._own = aligned_empty((cell.stretch, B, G, U), exchange.dtype)

    def add_up(self) -> None:
        """Tell the others the sums of own squares; they have to arrive before `forward`."""
        x = self.cell.x  # (T, G, u, b, R, C)
        squares = np.vecdot(x, x).sum(axis=2)
        self.sums[self.shard.rank] = squares.reshape(self.inverse.shape)

    def forward(self) -> None:
        """Divide the cell's products (T, G, B, U) by their root mean square."""
        cell, tiles = self.cell, self.cell.tiles
        mean = self.sums.sum(axis=0)  # (T, G, B)
        mean /= self.square_sum
        mean += EPSILON
        np.divide(1, np.sqrt(mean, out=mean), out=self.inverse)
        inverse = self.inverse.reshape(*self.inverse.shape[:2], 1, tiles.b, tiles.R, 1)
        for steps in cell.stretches():  # so that both passes over them find them in the cache
            x = cell.x[steps]
            x *= inverse[steps]
            if self.training:
                for block, place in enumerate(self._places):
                    self._tiled[steps, block] = x[:, place]

    def backward(self, d: Floats) -> None:
        """Turn da' of own units into da, in place; d (T, B, G*U) in the order of input blocks."""
        d = d.reshape(self.normalised.shape)  # (T, B, G, U), a view
        self.sums[self.shard.rank] = np.vecdot(d, self.normalised).swapaxes(1, 2)
        self.shard.wait()
        mean = self.sums.sum(axis=0) / self.square_sum[self._places]
        inverse = self.inverse[:, self._places]
        along = (mean * inverse).swapaxes(1, 2)[..., None]  # (T, B, G, 1)
        inverse = inverse.swapaxes(1, 2)[..., None]
        for steps in self.cell.stretches():
            # NumPy takes twice as long where rows have gaps between them, but for copying.
            own = self._own[: len(d[steps])]
            own[:] = d[steps]
            own *= inverse[steps]
            normalised = self.normalised[steps]
            normalised *= along[steps]
            own -= normalised
            d[steps] = own

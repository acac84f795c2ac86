"""What a layer's gates read from below, brought to the same size for every character.

Letters as in `engine.cells.cell`; a are the products with the input weights, without a bias.
P stands for the T time steps; or, with a single stream, for the distinct characters of a batch.
"""

import numpy as np

from engine.arrays import Floats
from engine.cells.cell import Cell, stretch, stretches
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

    inverse: Floats  # 1 / r (P, G, B)

    def __init__(self, cell: Cell, exchange: Exchange, scale: Floats) -> None:
        """scale (G,): what the products of each gate, in the cell's order, come multiplied by."""
        T, B, H = cell.sizes
        G, U = len(cell.gates), cell.units
        self.shard = cell.shard
        self.square_sum = H * scale[:, None] ** 2  # (G, 1): that of products of the right size
        self.sums_over_units = exchange.sums_over_units
        self.training = exchange.training
        if self.training:
            self._places = [cell.order.index(gate) for gate in cell.input_blocks]
            # a' times the scale, in the rows and the order of the gate gradients.
            self._normalised = aligned_empty((T * B * G * U,), exchange.dtype)
            rows = max(cell.stretch * B, stretch(T * B, U))  # of a stretch, at most
            self._own = aligned_empty((rows * G * U,), exchange.dtype)

    def add_up(self, x: Floats) -> None:
        """Tell the others the sums of the squares of own products (P, G, B, U).

        All have to arrive before `forward`.
        """
        squares = np.vecdot(x, x).sum(axis=2)  # of x (P, G, u, b, R, C)
        P, G = squares.shape[:2]
        self.sums = self.sums_over_units[:, : squares.size].reshape(-1, P, G, squares[0, 0].size)
        self.sums[self.shard.rank] = squares.reshape(self.sums[0].shape)

    def forward(self, x: Floats) -> None:
        """Divide the same products by their root mean square."""
        mean = self.sums.sum(axis=0)  # (P, G, B)
        mean /= self.square_sum
        mean += EPSILON
        self.inverse = 1 / np.sqrt(mean, out=mean)
        P, G, u, b, R, C = x.shape
        inverse = self.inverse.reshape(P, G, 1, b, R, 1)
        if self.training:
            self.normalised = self._normalised[: x.size].reshape(P, b * R, G, u * C)
            tiled = self.normalised.reshape(P, b, R, G, u, C).transpose(0, 3, 4, 1, 2, 5)
        for some in stretches(P, stretch(P, x[0, 0].size)):  # so that the cache holds all of them
            own = x[some]
            own *= inverse[some]
            if self.training:
                for block, place in enumerate(self._places):
                    tiled[some, block] = own[:, place]

    def backward(self, d: Floats) -> None:
        """Turn da' of own units into da, in place; d (P, B, G*U) in the order of input blocks."""
        d = d.reshape(self.normalised.shape)  # (P, B, G, U), a view
        self.sums[self.shard.rank] = np.vecdot(d, self.normalised).swapaxes(1, 2)
        self.shard.wait()
        mean = self.sums.sum(axis=0) / self.square_sum[self._places]
        inverse = self.inverse[:, self._places]
        along = (mean * inverse).swapaxes(1, 2)[..., None]  # (P, B, G, 1)
        inverse = inverse.swapaxes(1, 2)[..., None]
        P, B, _, U = d.shape
        for some in stretches(P, stretch(P, B * U)):
            # NumPy takes twice as long where rows have gaps between them, but for copying.
            own = self._own[: d[some].size].reshape(d[some].shape)
            own[:] = d[some]
            own *= inverse[some]
            normalised = self.normalised[some]
            normalised *= along[some]
            own -= normalised
            d[some] = own

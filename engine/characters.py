"""The way in: what each character contributes to the gates of the first layer.

A character's product with the input weights is the same wherever it stands, so
it is computed once for each distinct character, normalised if inputs are, and then looked up.
"""

import numpy as np

from engine.arrays import Floats, Ids, Parameters
from engine.layer import Layer
from engine.memory import aligned_empty
from engine.normalisation import InputNorm


class Characters:
    """Embedding (or one-hot) and the first layer's input product, for one shard's own units.

    n is the number of distinct characters in the batch; other letters as in `engine.layer`.
    """

    def __init__(self, layer: Layer, parameters: Parameters) -> None:
        self.layer = layer
        self.embedding = parameters.get("embedding.weight")  # (V, E), absent with one-hot inputs
        self.columns = slice(layer.exchange.architecture.character_size)
        exchange, tiles = layer.exchange, layer.tiles
        self.norm = None
        if exchange.architecture.input_norm and layer.norm is None:
            self.norm = InputNorm(layer.cell, exchange, layer.scale)
        self._tiled_ids = tiles.left(exchange.inputs[:, None, :, None])[..., 0]  # (T, 1, 1, b, R)
        # The number of each gate's and tile's table: (G, u, 1, 1).
        self._tables = np.arange(layer.cell.x.shape[1] * tiles.u).reshape(-1, tiles.u, 1, 1)
        self._rows = aligned_empty(layer.cell.x.shape[:-1], np.intp)  # (T, G, u, b, R)
        self._present: Ids
        self._counts: Ids  # how often each of them stands there
        self._table: Floats  # that of all characters, where nothing is trained
        self._places: Ids  # of the tables of all gates and tiles in it: (G, u, 1, 1)

    def refresh(self) -> None:
        """Take over the parameters as they are now, after the layer has."""
        if not self.layer.exchange.training:
            vocabulary = self.layer.exchange.architecture.vocabulary_size
            self._table = self._products(np.arange(vocabulary))
            self._places = vocabulary * self._tables

    def forward(self, ids: Ids) -> None:
        """Fill the first layer's input products (T, G, B, U) from the exchange's ids (T, B)."""
        if self.layer.exchange.training:
            counts = np.bincount(ids.reshape(-1))
            self._present = np.flatnonzero(counts)
            self._counts = counts[self._present]
            n = len(self._present)
            inverse = np.zeros(self._present[-1] + 1, np.intp)
            inverse[self._present] = np.arange(n)
            table = self._products(self._present)
            np.add(n * self._tables, inverse[self._tiled_ids], out=self._rows)
        else:
            table = self._table
            np.add(self._places, self._tiled_ids, out=self._rows)
        # "clip" because NumPy copies through a buffer when it has to check the bounds.
        table.take(self._rows, axis=0, out=self.layer.cell.x, mode="clip")

    def _products(self, ids: Ids) -> Floats:
        """The input products (G * u * n, C) of n characters, gate by gate and tile by tile."""
        weights = self.layer.W_input  # (G, u, 1, E+1, C); the last row is the bias
        if self.embedding is None:
            table = weights[..., ids, :]
        else:
            table = np.matmul(self.embedding[ids], weights[..., self.columns, :])
        table += weights[..., -1:, :]
        if self.norm is not None:
            products = np.moveaxis(table, -2, 0)[..., None, :]  # (n, G, u, 1, 1, C)
            self.layer.normalise(products, self.norm)
        return table.reshape(-1, table.shape[-1])

    def backward(self, gradients: Parameters) -> None:
        """The gradients of the first layer's weight_ih and bias_ih, and of the embedding.

        Each character's gate gradients are summed first: (n, G*H) instead of (N, G*H).
        """
        layer, present, shard = self.layer, self._present, self.layer.shard
        H, own, n = layer.cell.sizes.H, layer.own, len(present)
        dtable = layer.exchange.dtable[:n]  # (n, G*H), columns in torch's order of gates
        weight = gradients["rnn.weight_ih_l0"][:, self.columns]
        sums = self._sums(layer.d_input.reshape(-1, layer.d_input.shape[2]))
        layer.input_bias_gradient(sums.sum(axis=0), gradients)
        if self.norm is not None:
            self.norm.backward(sums[:, None])
        for block, gate in enumerate(layer.cell.input_blocks):
            rows = slice(gate * H + own.start, gate * H + own.stop)
            of_gate = sums[:, block * layer.units : (block + 1) * layer.units]  # (n, U)
            dtable[:, rows] = of_gate
            if self.embedding is None:
                weight[rows] = 0
                weight[rows, present] = of_gate.T
            else:
                np.matmul(of_gate.T, self.embedding[present], out=weight[rows])
        if self.embedding is not None:
            shard.wait()
            self._embedding_gradient(dtable, gradients["embedding.weight"])

    def _sums(self, d: Floats) -> Floats:
        """The rows of d (N, G*U) added up where the same character stands: (n, G*U).

        A product with one-hot vectors is the same, and takes n times the arithmetic. So many
        products with ones take half the time of np.add.reduceat where rows are long.
        """
        ids = self.layer.exchange.inputs.reshape(-1)
        order = np.argsort(ids, kind="stable")
        ends = np.cumsum(self._counts).tolist()
        sums = np.empty((len(ends), d.shape[1]), d.dtype)
        ones = np.ones(len(ids), d.dtype)
        for row, start, end in zip(sums, [0, *ends], ends, strict=False):
            np.dot(ones[start:end], d[order[start:end]], out=row)
        return sums

    def _embedding_gradient(self, dtable: Floats, gradient: Floats) -> None:
        own = self.layer.shard.own(len(gradient))
        gradient[own] = 0
        first, last = np.searchsorted(self._present, (own.start, own.stop))
        gradient[self._present[first:last]] = (
            dtable[first:last] @ self.layer.weight_ih[:, self.columns]
        )

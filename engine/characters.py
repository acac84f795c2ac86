"""The way in: what each character contributes to the gates of the first layer.

A character's product with the input weights is the same wherever it stands, so
it is computed once for each distinct character and then looked up.
"""

import numpy as np

from engine.arrays import Floats, Ids, Parameters
from engine.layer import Layer


class Characters:
    """Embedding (or one-hot) and the first layer's input product, for one shard's own units.

    n is the number of distinct characters in the batch; other letters as in `engine.layer`.
    """

    def __init__(self, layer: Layer, parameters: Parameters) -> None:
        self.layer = layer
        self.embedding = parameters.get("embedding.weight")  # (V, E), absent with one-hot inputs
        self.columns = slice(layer.exchange.architecture.character_size)
        self._present: Ids
        self._one_hot: Floats  # (n, N)
        self._table: Floats  # (G * V, U): that of all characters, where nothing is trained

    def refresh(self) -> None:
        """Take over the parameters as they are now, after the layer has."""
        if not self.layer.exchange.training:
            vocabulary = self.layer.exchange.architecture.vocabulary_size
            self._table = self._products(np.arange(vocabulary))

    def forward(self, ids: Ids) -> None:
        """Fill the first layer's input products (T, G, B, U) from ids (T, B)."""
        layer = self.layer
        if layer.exchange.training:
            self._present, rows = np.unique(ids, return_inverse=True)
            inverse: Ids = rows.reshape(ids.shape)
            table, n = self._products(self._present), len(self._present)
            self._one_hot = np.zeros((n, ids.size), table.dtype)
            self._one_hot[inverse.reshape(-1), np.arange(ids.size)] = 1
        else:
            table, inverse = self._table, ids
            n = len(table) // layer.cell.x.shape[1]
        G = layer.cell.x.shape[1]
        places = inverse[:, None] + n * np.arange(G)[:, None]  # (T, G, B)
        # "clip" because NumPy copies through a buffer when it has to check the bounds.
        np.take(table, places, axis=0, out=layer.cell.x, mode="clip")

    def _products(self, ids: Ids) -> Floats:
        """The input products (G * n, U) of n characters, gate by gate."""
        weights = self.layer.W_input  # (G, E+1, U); the last row is the bias
        if self.embedding is None:
            table = weights[:, ids]  # (G, n, U)
        else:
            table = np.matmul(self.embedding[ids], weights[:, self.columns])
        table += weights[:, -1:]
        return table.reshape(-1, table.shape[2])

    def backward(self, gradients: Parameters) -> None:
        """The gradients of the first layer's weight_ih and bias_ih, and of the embedding.

        Each character's gate gradients are summed first: (n, G*H) instead of (N, G*H).
        """
        layer, present, shard = self.layer, self._present, self.layer.shard
        H, own, n = layer.cell.sizes.H, layer.own, len(present)
        dtable = layer.exchange.dtable[:n]  # (n, G*H), columns in torch's order of gates
        weight = gradients["rnn.weight_ih_l0"][:, self.columns]
        bias = gradients["rnn.bias_ih_l0"]
        for block, gate in layer.input_blocks:
            rows = slice(gate * H + own.start, gate * H + own.stop)
            sums = np.matmul(self._one_hot, layer.flat_d[:, layer.columns(block)])  # (n, U)
            dtable[:, rows] = sums
            bias[rows] = sums.sum(axis=0)
            if self.embedding is None:
                weight[rows] = 0
                weight[rows, present] = sums.T
            else:
                np.matmul(sums.T, self.embedding[present], out=weight[rows])
        if self.embedding is not None:
            shard.wait()
            self._embedding_gradient(dtable, gradients["embedding.weight"])

    def _embedding_gradient(self, dtable: Floats, gradient: Floats) -> None:
        own = self.layer.shard.own(len(gradient))
        gradient[own] = 0
        first, last = np.searchsorted(self._present, (own.start, own.stop))
        gradient[self._present[first:last]] = (
            dtable[first:last] @ self.layer.weight_ih[:, self.columns]
        )

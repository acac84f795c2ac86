"""What the last characters together contribute to the gates of the first layer.

A cell needs capacity and training to tell "th" from "sh". A vector for each pair (triple, ...)
of characters says it at once, for the price of looking it up, so that the layers are left with
what lies further back. Takase, Suzuki and Nagata 2019 ("Character n-gram embeddings to improve
RNN language models") add such vectors to word models; here they stand beside the character.
"""

from collections.abc import Iterator

import numpy as np

from corpora.streams import NOTHING
from engine.arrays import Floats, Ids, Parameters
from engine.layer import Layer
from engine.memory import aligned_empty


class NGrams:
    """Embeddings of the n-grams that end at each character, for one shard's own units.

    R rows of P numbers in a table; M = P times the number of tables. Which row an n-gram has is
    its value as a number in base V+1, modulo R: its own row in a table that has one for each,
    else one that it shares with others (feature hashing, Weinberger et al. 2009). The network
    learns what the sharing costs; rare n-grams rarely meet.
    """

    def __init__(self, layer: Layer, parameters: Parameters) -> None:
        exchange = layer.exchange
        architecture = exchange.architecture
        T, B, _ = exchange.sizes
        self.layer = layer
        self.tables = {name: parameters[name] for name in architecture.ngram_shapes()}
        base = architecture.vocabulary_size + 1
        self._powers = [
            [pow(base, back, len(table)) for back in range(n)]
            for n, table in enumerate(self.tables.values(), 2)
        ]
        self.size = architecture.ngram_size
        self.width = M = self.size * len(self.tables)
        self.first = layer.weight_ih.shape[1] - M
        self._rows: list[Ids] = []  # per table (N,)
        self.used: dict[str, Ids] = {}  # per table the rows, ascending, that `backward` met
        self._vectors = aligned_empty((T, 1, B, M), exchange.dtype)
        self._product = aligned_empty(layer.cell.x.shape, exchange.dtype)  # (T, G, B, U)
        self.own = layer.shard.own(M)
        if exchange.training:
            self._W_back = aligned_empty((len(layer.cell.gates) * layer.units, M), exchange.dtype)

    def refresh(self) -> None:
        """Take over the parameters as they are now, after the layer has."""
        layer = self.layer
        if layer.exchange.training and self.tables:
            rows = self._W_back.reshape(-1, layer.units, self.width)
            for own, gate in zip(rows, layer.cell.input_blocks, strict=True):
                own[:] = layer.own_rows(layer.weight_ih, gate)[:, self.first :]

    def forward(self, ids: Ids, recent: Ids) -> None:
        """Add to the first layer's input products what ids (T, B) make with those before them.

        recent (order-1, B): the characters before the first time step, the oldest first.
        """
        if not self.tables:
            return
        self._rows = [rows.reshape(-1) for rows in self._rows_of(np.concatenate([recent, ids]))]
        vectors = self._vectors.reshape(ids.size, -1)
        for place, (rows, table) in enumerate(zip(self._rows, self.tables.values(), strict=True)):
            columns = slice(place * self.size, (place + 1) * self.size)
            vectors[:, columns] = table[rows]
        layer = self.layer
        weights = layer.W_input[..., self.first : self.first + self.width, :]  # (G, M, U)
        layer.cell.x += np.matmul(layer.tiles.left(self._vectors), weights, out=self._product)

    def _rows_of(self, ids: Ids) -> Iterator[Ids]:
        """Per table the rows (T, B) of the n-grams that end at ids (order-1+T, B) from T on."""
        T, before = self.layer.cell.sizes.T, len(ids) - self.layer.cell.sizes.T
        digits = ids - NOTHING  # 0 is nothing
        ago = [digits[before - back : before - back + T] for back in range(before + 1)]
        for powers, table in zip(self._powers, self.tables.values(), strict=True):
            rows = ago[0] + powers[1] * ago[1]
            for back in range(2, len(powers)):
                rows += powers[back] * ago[back]
            rows %= len(table)
            yield rows

    def backward(self, gradients: Parameters) -> None:
        """The gradients of the weights that read the vectors, own rows, and of the tables.

        Each shard writes its own columns of the tables' gradients, and all are written when
        this returns.
        """
        if not self.tables:
            return
        layer = self.layer
        vectors = self._vectors.reshape(-1, self.width)
        d = layer.d_input.reshape(len(vectors), -1)
        weight = gradients["rnn.weight_ih_l0"][:, self.first :]
        products = np.matmul(d.T, vectors).reshape(-1, layer.units, self.width)
        for gate, product in zip(layer.cell.input_blocks, products, strict=True):
            layer.own_rows(weight, gate)[:] = product  # (U, M)
        mail, shard = layer.exchange.mail_ngrams, layer.shard
        np.matmul(d, self._W_back, out=mail[shard.rank])  # (N, M)
        shard.wait()
        dvectors = mail[0][:, self.own].copy()
        for sent in mail[1:]:
            dvectors += sent[:, self.own]
        for place, (name, rows) in enumerate(zip(self.tables, self._rows, strict=True)):
            self.used[name] = self._add_up(place, rows, dvectors, gradients[name])
        shard.wait()

    def _add_up(self, place: int, rows: Ids, dvectors: Floats, gradient: Floats) -> Ids:
        """Sum the gradients of the vectors that came from the same row, own columns only.

        Returns which rows these are.
        """
        order = np.argsort(rows, kind="stable")
        ordered = rows[order]
        starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
        used = ordered[starts]
        begin = max(self.own.start, place * self.size)
        end = min(self.own.stop, (place + 1) * self.size)
        if begin < end:
            parts = dvectors[order, begin - self.own.start : end - self.own.start]
            own = gradient[:, begin - place * self.size : end - place * self.size]
            own[:] = 0
            own[used] = np.add.reduceat(parts, starts, axis=0)
        return used

"""What the shards of one model share while they compute: states, mail, and some gradients."""

import numpy as np
from numpy.typing import DTypeLike

from corpora.streams import NOTHING
from engine.arrays import Floats, Ids
from engine.cells import CELLS, Sizes
from engine.memory import padded_width, shared_zeros
from engine.model import Architecture


class Exchange:
    """Buffers for one batch size B and sequence length T; N = T*B positions.

    inputs, targets (T, B); carried from batch to batch: state, cell_state (layers, B, H)
    and recent (order-1, B), the characters before the inputs, the oldest first; h, y: per
    layer (T+1, B, padded H), the states and, where there is dropout, the thinned outputs
    from row 1 on; dlogits (N, V); dtable (min(V, N), G*H). What each of the shards has for the
    others, for units in their order: mail (2, shards, B*H) in turns, mail_below (shards, N*H)
    for the layer below, mail_ngrams (shards, N, M) for the n-grams' vectors, and where inputs are
    normalised sums_over_units (shards, G * N) or, with more characters, (shards, G * V).
    """

    def __init__(
        self,
        architecture: Architecture,
        T: int,
        B: int,
        *,
        dtype: DTypeLike = np.float32,
        training: bool = True,
        dropout: bool = False,
        shards: int = 1,
    ) -> None:
        H, V, layers = architecture.hidden_size, architecture.vocabulary_size, architecture.layers
        cell = CELLS[architecture.cell]
        self.architecture = architecture
        self.sizes = Sizes(T, B, H)
        self.dtype = np.dtype(dtype)
        self.training = training
        self.inputs: Ids = shared_zeros((T, B), np.int64)
        self.targets: Ids = shared_zeros((T, B), np.int64)
        self.recent: Ids = shared_zeros((architecture.ngram_order - 1, B), np.int64)
        self.state = self._floats(layers, B, H)
        self.cell_state = self._floats(layers, B, H)
        self.h = [self._with_ones(T, B, H) for _ in range(layers)]
        self.y = [self._with_ones(T, B, H) for _ in range(layers)] if dropout else self.h
        if architecture.input_norm:
            self.sums_over_units = self._floats(shards, len(cell.gates) * max(T * B, V))
        if training:
            M = architecture.input_size - architecture.character_size
            self.mail = self._floats(2, shards, B * H)
            self.mail_below = self._floats(shards, T * B * H if layers > 1 else 0)
            self.mail_ngrams = self._floats(shards, T * B, M)
            self.dlogits = self._floats(T * B, V)
            self.dtable = self._floats(min(V, T * B), len(cell.gates) * H)
        self.forget()

    def forget(self, stream: int | slice = slice(None)) -> None:
        """Clear the carried state of all streams, or of one."""
        self.state[:, stream] = 0
        self.cell_state[:, stream] = 0
        self.recent[:, stream] = NOTHING

    def carry(self) -> None:
        """Let the next inputs follow these ones."""
        if len(self.recent):
            self.recent[:] = np.concatenate([self.recent, self.inputs])[-len(self.recent) :]

    def _floats(self, *shape: int) -> Floats:
        array: Floats = shared_zeros(shape, self.dtype)
        return array

    def _with_ones(self, T: int, B: int, H: int) -> Floats:
        """States whose column H is 1, so that a product with them adds the bias too."""
        h = self._floats(T + 1, B, padded_width(H))
        h[:, :, H] = 1
        return h

"""The training text as batches of one size: how many steps make an epoch, and where each reads."""

import msgspec
import numpy as np

from corpora import Corpus
from corpora.streams import Streams, fit
from engine.arrays import Ids
from engine.hyperparameters import Hyperparameters


def laid_out(settings: Hyperparameters, corpus: Corpus) -> Hyperparameters:
    """`settings` with the batch that they get: a short text has no room for a larger one."""
    training, _ = corpus.split(settings.validation_fraction)
    B, T = fit(len(training), settings.batch_size, settings.sequence_length)
    return msgspec.structs.replace(settings, batch_size=B, sequence_length=T)


class Batches:
    """`ids` cut into streams; batch size and sequence length shrink to fit a short text."""

    def __init__(self, ids: Ids, batch_size: int, sequence_length: int) -> None:
        self._ids = ids
        self.batch_size, self.sequence_length = fit(len(ids), batch_size, sequence_length)
        self.cut(0)
        # Of an epoch that begins at offset 0; at another it may have one fewer. Intervals count in
        # these: if they changed from epoch to epoch, what is due would be missed.
        self.steps = max(1, self.stream_length // self.sequence_length)

    def cut(self, offset: int) -> None:
        """Begin the streams at `offset`."""
        self._streams = Streams(self._ids, self.batch_size, offset)

    @property
    def most_offset(self) -> int:
        """The largest offset that leaves room for one batch and is below the sequence length."""
        room = len(self._ids) - 1 - self.batch_size * self.sequence_length
        return max(0, min(self.sequence_length - 1, room))

    def random_offset(self, rng: np.random.Generator) -> int:
        """An offset for a new epoch, so that no character always stands at a batch's edge."""
        return int(rng.integers(self.most_offset + 1))

    @property
    def stream_length(self) -> int:
        """Characters in each stream."""
        return self._streams.length

    def block(self, character: int) -> tuple[Ids, Ids]:
        """Inputs and targets (T, B) from that place in every stream."""
        return self._streams.block(character, self.sequence_length)

    def before(self, character: int, count: int) -> Ids:
        """The inputs (count, B) that precede that place in every stream."""
        return self._streams.before(character, count)

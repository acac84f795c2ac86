"""A text cut into parallel streams of consecutive characters, from which batches are taken.

Letters: T sequence length, B streams, S characters in a stream.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.integer[Any]]

NOTHING = -1  # in the place of a character's id where there is no character


def fit(characters: int, batch_size: int, sequence_length: int) -> tuple[int, int]:
    """(B, T), shrunk so that at least one batch fits into a text of that many characters.

    Needs at least two characters: one to read and one to predict.
    """
    T = max(1, min(sequence_length, characters - 1))
    B = max(1, min(batch_size, (characters - 1) // T))
    return B, T


class Streams:
    """`ids` from `offset` on as B streams; each target is the character after its input."""

    def __init__(self, ids: Ids, batch_size: int, offset: int = 0) -> None:
        self.batch_size = batch_size
        self.length = (len(ids) - 1 - offset) // batch_size  # S
        end = offset + batch_size * self.length
        self._inputs = ids[offset:end].reshape(batch_size, self.length)
        self._targets = ids[offset + 1 : end + 1].reshape(batch_size, self.length)

    def block(self, position: int, T: int) -> tuple[Ids, Ids]:
        """Inputs and targets, each (T, B), from `position` in every stream."""
        window = slice(position, position + T)
        return self._inputs[:, window].T, self._targets[:, window].T

    def before(self, position: int, count: int) -> Ids:
        """The inputs (count, B) that precede `position`, NOTHING before a stream's first."""
        known = self._inputs[:, max(0, position - count) : position].T
        before = np.full((count, self.batch_size), NOTHING)
        before[count - len(known) :] = known
        return before

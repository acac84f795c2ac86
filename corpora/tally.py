"""Counting a text's characters, and choosing its vocabulary from the counts.

A text is gone through in pieces, so that a long one needs little memory beside itself.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpora.errors import CorpusError
from corpora.vocabulary import Vocabulary, code_points

PIECE = 1 << 22  # characters
UNKNOWN_SYMBOLS = "\ufffd\u25a1\u2370\u2047"  # the first that the text does not use itself

Counts = dict[str, int]


def pieces(text: str) -> Iterator[str]:
    """`text` cut into parts of at most PIECE characters."""
    for start in range(0, len(text), PIECE):
        yield text[start : start + PIECE]


def fingerprint(text: str) -> str:
    """The sha256 of `text` as UTF-8, in hexadecimal.

    Raises CorpusError for half a surrogate pair, which is no character.
    """
    digest = hashlib.sha256()
    for number, piece in enumerate(pieces(text)):
        try:
            digest.update(piece.encode("utf-8"))
        except UnicodeEncodeError as error:
            place = number * PIECE + error.start
            raise CorpusError(
                f"character {place + 1:,} is {piece[error.start]!r}, half of a surrogate pair and "
                "no character; decode the text from its bytes again"
            ) from error
    return digest.hexdigest()


class Tally:
    """How often each character occurs in the pieces seen so far."""

    def __init__(self) -> None:
        self._total: NDArray[np.int64] = np.zeros(256, np.int64)

    def add(self, piece: str) -> None:
        """One more piece of the text."""
        codes = code_points(piece)
        found = _byte_counts(codes) if codes.itemsize == 1 else np.bincount(codes)
        if len(found) < len(self._total):
            found, self._total = self._total, found
        found[: len(self._total)] += self._total
        self._total = found

    @property
    def counts(self) -> Counts:
        """In the order of code points."""
        return {chr(code): int(self._total[code]) for code in np.flatnonzero(self._total)}


def _byte_counts(codes: NDArray[np.unsignedinteger[Any]]) -> NDArray[np.int64]:
    """Counts (256,) of bytes (n,): counted in pairs, which is twice as fast."""
    even = len(codes) // 2 * 2
    pairs = np.bincount(codes[:even].view(np.uint16), minlength=1 << 16).reshape(256, 256)
    found: NDArray[np.int64] = pairs.sum(axis=0) + pairs.sum(axis=1)
    return found + np.bincount(codes[even:], minlength=256)


def counts(text: str) -> Counts:
    """How often each character occurs, in the order of code points."""
    tally = Tally()
    for piece in pieces(text):
        tally.add(piece)
    return tally.counts


def choose(found: Counts, min_count: int) -> Vocabulary:
    """The characters that occur at least `min_count` times, and an unknown symbol for the rest."""
    kept = [character for character, count in found.items() if count >= min_count]
    if len(kept) == len(found):
        return Vocabulary(tuple(kept))
    unknown = _unknown_symbol(found)
    characters = tuple(sorted([*kept, unknown]))
    return Vocabulary(characters, characters.index(unknown))


def encode(text: str, vocabulary: Vocabulary) -> NDArray[np.unsignedinteger[Any]]:
    """The ids (n,) of a text of n characters, a piece at a time."""
    ids = np.empty(len(text), vocabulary.dtype)
    start = 0
    for piece in pieces(text):
        ids[start : start + len(piece)] = vocabulary.encode(piece)
        start += len(piece)
    return ids


def _unknown_symbol(found: Counts) -> str:
    for symbol in UNKNOWN_SYMBOLS:
        if symbol not in found:
            return symbol
    code = 0x2580  # blocks and shapes: visible, and one of them is free in any text
    while chr(code) in found:
        code += 1
    return chr(code)

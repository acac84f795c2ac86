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


def counts(text: str) -> Counts:
    """How often each character occurs, in the order of code points."""
    total: NDArray[np.int64] = np.zeros(128, np.int64)
    for piece in pieces(text):
        found = np.bincount(code_points(piece), minlength=len(total))
        found[: len(total)] += total
        total = found
    return {chr(code): int(total[code]) for code in np.flatnonzero(total)}


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

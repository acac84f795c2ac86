"""The characters that a text is made of, and the way between characters and ids.

A character is one Unicode code point; n is the length of a text.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpora.errors import CorpusError

Ids = NDArray[np.unsignedinteger[Any]]

LACKING = b"\xff"  # an id that the quick way of encoding never gives
MOST_NAMED = 8  # characters in a message; the rest are counted


@dataclass(frozen=True)
class Vocabulary:
    """`characters` in id order; what is not among them becomes `unknown_id`, if there is one."""

    characters: tuple[str, ...]
    unknown_id: int | None = None

    def __len__(self) -> int:
        return len(self.characters)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The smallest of uint8, uint16 and uint32 that holds every id."""
        return np.min_scalar_type(max(len(self) - 1, 0))

    def encode(self, text: str) -> Ids:
        """The ids (n,) of `text`.

        Raises CorpusError, naming them, for characters that are neither in the vocabulary
        nor covered by an unknown symbol.
        """
        quick = self._encode_ascii(text)
        if quick is not None:
            return quick
        ids: Ids = self._ids_by_code.take(code_points(text), mode="clip")
        if ids.size and ids.max() == len(self):
            if self.unknown_id is None:
                raise CorpusError(_lacking(self.missing(text)))
            ids[ids == len(self)] = self.unknown_id
        return ids.astype(self.dtype, copy=False)

    def _encode_ascii(self, text: str) -> Ids | None:
        """A byte for a byte, six times as fast; None where that is not the way."""
        table = self._ids_by_byte
        if table is None or not text.isascii():
            return None
        found = text.encode("ascii").translate(table)
        return None if LACKING in found else np.frombuffer(found, np.uint8).copy()

    def decode(self, ids: Iterable[int] | NDArray[Any]) -> str:
        """The text of ids (n,). Raises IndexError for an id outside the vocabulary."""
        array = ids if isinstance(ids, np.ndarray) else np.fromiter(ids, np.int64)
        if array.size and array.min() < 0:
            raise IndexError(f"id {array.min()} is below 0")
        codes = self._codes[array].astype("<u4", copy=False)
        return codes.tobytes().decode("utf-32-le", "surrogatepass")

    def missing(self, text: str) -> tuple[str, ...]:
        """The characters of `text` that are not in the vocabulary, in order of appearance."""
        return tuple(character for character in dict.fromkeys(text) if character not in self._known)

    def respelled(self, text: str) -> str:
        """`text`, or the equivalent of which fewer characters are missing.

        An accented letter is one character (Unicode's form NFC) in most texts, and a letter with
        an accent behind it (NFD) in some; a person sees no difference.
        """
        spellings = (text, *(unicodedata.normalize(form, text) for form in ("NFC", "NFD")))
        return min(spellings, key=lambda spelling: len(self.missing(spelling)))

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.characters)

    @cached_property
    def _codes(self) -> NDArray[np.uint32]:
        return code_points("".join(self.characters)).astype(np.uint32)

    @cached_property
    def _ids_by_code(self) -> Ids:
        """The id of each code point, V for none; the last entry stands for all that are higher."""
        kind = np.min_scalar_type(len(self))
        table: Ids = np.full(int(self._codes.max(initial=0)) + 2, len(self), kind)
        table[self._codes] = np.arange(len(self))
        return table

    @cached_property
    def _ids_by_byte(self) -> bytes | None:
        """The id of each ASCII character, LACKING for none; None where an id takes more."""
        if len(self) > LACKING[0]:
            return None
        table = np.full(256, LACKING[0], np.uint8)
        codes = self._codes[self._codes < 128]
        table[codes] = self._ids_by_code[codes]
        return table.tobytes()


def code_points(text: str) -> NDArray[np.unsignedinteger[Any]]:
    """The code points (n,) of `text`, in the smallest of uint8, uint16 and uint32 that is quick."""
    if text.isascii():
        return np.frombuffer(text.encode("ascii"), np.uint8)
    pairs = text.encode("utf-16-le", "surrogatepass")
    if len(pairs) == 2 * len(text):  # no character takes two of them
        return np.frombuffer(pairs, "<u2")
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def _lacking(characters: tuple[str, ...]) -> str:
    names = ", ".join(repr(character) for character in characters[:MOST_NAMED])
    more = ", ..." if len(characters) > MOST_NAMED else ""
    return (
        f"{len(characters)} character(s) of this text are not in the vocabulary: {names}{more}; "
        "leave them out"
    )

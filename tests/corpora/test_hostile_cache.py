"""Encoded texts from strangers: what cannot have been written by `cache.write` is not there."""

from pathlib import Path

import numpy as np
import pytest

from corpora import cache
from corpora.corpus import Corpus
from corpora.vocabulary import Vocabulary


def kept(path: Path, ids: list[int], characters: list[str], unknown_id: int | None = None) -> bool:
    """Whether a text of that kind, written down with a right checksum, is read again."""
    vocabulary = Vocabulary(tuple(characters), unknown_id)
    corpus = Corpus("x", "", np.array(ids, np.uint8), vocabulary, sha256="0")
    cache.write(path, corpus, "key")
    return cache.read(path, "key") is not None


def test_a_sound_text_is_read(tmp_path: Path) -> None:
    assert kept(tmp_path / "text.ids", [0, 1, 2, 1], ["a", "b", "c"])
    assert kept(tmp_path / "text.ids", [0, 1, 2, 1], ["a", "b", "\ufffd"], unknown_id=2)
    assert kept(tmp_path / "text.ids", [0, 1, 2, 1], ["\ufffd", "😀", "😁"], unknown_id=0)


@pytest.mark.parametrize(
    ("ids", "characters", "unknown_id"),
    [
        ([0, 1, 3, 1], ["a", "b", "c"], None),
        ([0, 1, 255, 1], ["a", "b", "c"], None),
        ([0, 1, 2, 1], ["a", "b", "b"], None),
        ([0, 1, 2, 1], ["a", "b", "cc"], None),
        ([0, 1, 2, 1], ["a", "b", ""], None),
        ([0, 1, 2, 1], ["a", "b", "c"], 3),
        ([0, 1, 2, 1], ["a", "b", "c"], -1),
    ],
)
def test_a_text_that_cannot_be_is_none(
    tmp_path: Path, ids: list[int], characters: list[str], unknown_id: int | None
) -> None:
    assert not kept(tmp_path / "text.ids", ids, characters, unknown_id)

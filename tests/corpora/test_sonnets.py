"""The sonnets keep their form: fourteen lines, a rhyme scheme, and nothing said twice."""

import re
from collections import Counter
from importlib.resources import files

import pytest

import corpora

LINES = 14
RHYMES = ((0, 2), (1, 3), (4, 6), (5, 7), (8, 10), (9, 11), (12, 13))  # ABAB CDCD EFEF GG
LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


@pytest.fixture(scope="module")
def text() -> str:
    """The whole file."""
    return files("corpora").joinpath("data", "sonnets.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def poems(text: str) -> list[list[str]]:
    """The lines of each poem."""
    return [poem.split("\n") for poem in text.rstrip("\n").split("\n\n")]


def words(line: str) -> tuple[str, ...]:
    """The words of a line without case and punctuation."""
    return tuple(LETTERS.findall(line.lower()))


def test_there_is_enough_to_learn_from(text: str, poems: list[list[str]]) -> None:
    assert len(text.encode()) >= 100_000
    assert len(poems) >= 160
    assert text.endswith("\n")
    assert "\r" not in text
    assert corpora.load("sonnets").preview(len(text)) == text


def test_every_poem_has_fourteen_lines_and_only_the_couplet_is_indented(
    poems: list[list[str]],
) -> None:
    for poem in poems:
        assert len(poem) == LINES, poem[0]
        indents = [len(line) - len(line.lstrip()) for line in poem]
        assert indents == [0] * (LINES - 2) + [2, 2], poem[0]
        assert all(line == line.rstrip() and words(line) for line in poem), poem[0]


def test_no_line_is_there_twice(poems: list[list[str]]) -> None:
    counts = Counter(words(line) for poem in poems for line in poem)
    assert [" ".join(line) for line, count in counts.items() if count > 1] == []


def test_no_two_poems_begin_alike(poems: list[list[str]]) -> None:
    firsts = Counter(words(poem[0]) for poem in poems)
    assert [" ".join(line) for line, count in firsts.items() if count > 1] == []


def test_no_word_rhymes_with_itself(poems: list[list[str]]) -> None:
    same = [
        (poem[0], poem[first], poem[second])
        for poem in poems
        for first, second in RHYMES
        if words(poem[first])[-1] == words(poem[second])[-1]
    ]
    assert same == []


def test_lines_are_about_as_long_as_pentameters(poems: list[list[str]]) -> None:
    lengths = [len(words(line)) for poem in poems for line in poem]
    assert 4 <= min(lengths) <= max(lengths) <= 14

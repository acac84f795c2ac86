"""Untrusted text may be read, and can do nothing else."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru_tui.visible import BIDIRECTIONAL, KEPT, SEPARATORS, visible, visible_line


@given(st.text(st.characters()))
def test_nothing_that_acts_is_left_in_any_text(text: str) -> None:
    shown = visible(text)
    for character in shown:
        if character not in KEPT:
            assert unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"}
            assert unicodedata.bidirectional(character) not in {
                "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"
            }  # fmt: skip
    assert visible(shown) == shown


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"])))
def test_what_only_shows_stays_as_it_is(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("one\n\ttwo", "one\n\ttwo"),
        ("\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
        ("over\rwritten\b", "over␍written␈"),
        ("\x00\x07\x7f", "␀␇␡"),
        ("\x9b31m", "<9B>31m"),
        ("\u202edesrever", "<202E>desrever"),
        ("two\u2028lines", "two<2028>lines"),
        ("\udcff", "<DCFF>"),
        ("née 中文 👩‍👩‍👧", "née 中文 👩‍👩‍👧"),
        ("[bold]markup[/]", "[bold]markup[/]"),
        ("", ""),
    ],
)
def test_control_characters_become_pictures(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_every_character_that_acts_is_known() -> None:
    acting = [*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0)), *BIDIRECTIONAL, *SEPARATORS]
    acting += map(chr, range(0xD800, 0xE000))
    for character in acting:
        assert (visible(character) == character) == (character in KEPT)


def test_a_line_stays_a_line() -> None:
    assert visible_line("one\ntwo\tthree\x1b") == "one two three␛"

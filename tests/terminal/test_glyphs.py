"""Signs for terminals without Unicode: ASCII, and every cell in its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from gru_tui.marks import MARKS
from gru_tui.terminal.glyphs import SIGNS, plain


@given(st.text())
def test_any_text_becomes_ascii_of_the_same_width(text: str) -> None:
    found = plain(text)
    assert found.isascii()
    assert cell_len(found) == cell_len(text) or not text.isprintable()


def test_every_sign_of_the_table_is_one_cell_and_stands_in_it_once() -> None:
    signs = "".join(SIGNS.values())
    assert len(signs) == len(set(signs))
    assert all(cell_len(sign) == 1 for sign in signs)
    assert all(len(ascii_sign) == 1 and ascii_sign.isascii() for ascii_sign in SIGNS)


def test_the_marks_of_states_stay_apart() -> None:
    apart = {plain(mark) for state, mark in MARKS.items() if state != "starting"}
    assert len(apart) == len(MARKS) - 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("naïve façade", "naive facade"),
        ("╭─ Loss ─╮", "+- Loss -+"),
        ("漢字!", "????!"),
        ("dropout 0.0 → 0.1 ● x→y", "dropout 0.0 ->0.1 o x>y"),
        ("e\u0301", "e"),
        ("👩‍👩‍👧", "??"),
        ("▁▂▃▄▅▆▇█", "__.===#*"),
        ("⠉⠒⠤⣀", "'--."),  # a curve that falls
        ("⣀⠤⠒⠉", ".--'"),
        ("⡇⢸⣿", "||#"),
        ("⡜⢣", "/\\"),
    ],
)
def test_what_it_looks_like(text: str, expected: str) -> None:
    assert plain(text) == expected

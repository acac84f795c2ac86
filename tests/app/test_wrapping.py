"""Wrapping a text that grows."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from gru_tui.generation.wrapping import Wrapping


def shown(wrapping: Wrapping) -> list[str]:
    return ["".join(text for text, _ in line) for line in wrapping.lines]


def wrapped(text: str, width: int) -> list[str]:
    wrapping = Wrapping(width)
    wrapping.append(text, "model")
    return shown(wrapping)


def test_lines_break_between_words() -> None:
    assert wrapped("the quiet river runs", 10) == ["the quiet ", "river runs"]


def test_a_word_longer_than_the_line_is_cut() -> None:
    assert wrapped("abcdefgh", 3) == ["abc", "def", "gh"]


def test_line_breaks_of_the_text_stay() -> None:
    assert wrapped("a\n\nb\n", 10) == ["a", "", "b", ""]


def test_a_line_break_gives_the_whole_width_again() -> None:
    assert wrapped("ab\ncde fgh", 3) == ["ab", "cde ", "fgh"]


def test_a_space_never_begins_a_wrapped_line() -> None:
    assert wrapped("abc def", 3) == ["abc ", "def"]


def test_wide_characters_take_two_cells_and_may_end_a_line() -> None:
    assert wrapped("春夏秋冬", 5) == ["春夏", "秋冬"]


def test_a_word_behind_a_wide_character_moves_down_without_it() -> None:
    assert wrapped("ab春cd", 5) == ["ab春", "cd"]


def test_a_wide_character_fits_nowhere_and_still_gets_a_line() -> None:
    assert wrapped("春夏", 1) == ["春", "夏"]


def test_a_tab_is_a_few_spaces() -> None:
    assert wrapped("a\tb", 10) == ["a    b"]


def test_two_kinds_in_one_line_stay_apart() -> None:
    wrapping = Wrapping(20)
    wrapping.append("When all ", "seed")
    wrapping.append("the idle", "model")
    assert wrapping.lines == [[("When all ", "seed"), ("the idle", "model")]]


def test_a_line_of_two_kinds_breaks_within_the_second() -> None:
    wrapping = Wrapping(6)
    wrapping.append("a ", "seed")
    wrapping.append("b cdef", "model")
    assert wrapping.lines == [[("a ", "seed"), ("b ", "model")], [("cdef", "model")]]


def test_a_word_of_two_kinds_moves_as_one() -> None:
    wrapping = Wrapping(6)
    wrapping.append("a sum", "seed")
    wrapping.append("mer", "model")
    assert wrapping.lines == [[("a ", "seed")], [("sum", "seed"), ("mer", "model")]]


texts = st.text(alphabet="ab \n春é\u0301", max_size=60)


@given(st.lists(texts, max_size=6), st.integers(2, 12))
def test_a_text_in_pieces_wraps_as_the_text_in_one_piece(pieces: list[str], width: int) -> None:
    wrapping = Wrapping(width)
    for piece in pieces:
        wrapping.append(piece, "model")
    assert shown(wrapping) == wrapped("".join(pieces), width)


@given(texts, st.integers(2, 12))
def test_nothing_is_lost_and_no_line_is_too_wide(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert "".join(lines) == text.replace("\n", "")
    assert all(cell_len(line.rstrip(" ")) <= width for line in lines)

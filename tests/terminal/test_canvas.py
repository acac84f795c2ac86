"""What is written, read by a terminal: it shows what was wanted, and little is written."""

import random

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from gru_tui.terminal.canvas import PLAIN, Canvas, Cell, Pen, add_cells

COLUMNS, ROWS = 24, 6
PENS: tuple[Pen, ...] = (PLAIN, ("\x1b[1m", "\x1b[0m"), ("\x1b[31;44m", "\x1b[0m"))
TEXTS = st.text(alphabet="ab ─⣿漢字é", min_size=1, max_size=9)
Want = tuple[int, int, str, Pen]  # column, row
WANTS = st.tuples(
    st.integers(0, COLUMNS - 1), st.integers(0, ROWS - 1), TEXTS, st.sampled_from(PENS)
)


class Shown:
    """A canvas, and a terminal that gets what it writes."""

    def __init__(self) -> None:
        self.canvas = Canvas()
        self.canvas.resize(COLUMNS, ROWS)
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self.stream = pyte.Stream(self.screen)

    def write(self) -> str:
        difference = self.canvas.difference()
        self.stream.feed(difference.text)
        self.canvas.written(difference)
        return difference.text

    @property
    def cells(self) -> list[list[tuple[str, bool, str]]]:
        """What the terminal has: sign, bold, colour."""
        buffer = self.screen.buffer
        return [
            [(cell.data, cell.bold, cell.fg) for cell in (buffer[y][x] for x in range(COLUMNS))]
            for y in range(ROWS)
        ]


def cells(text: str, pen: Pen = PLAIN) -> list[Cell]:
    found: list[Cell] = []
    add_cells(found, text, pen)
    return found


def divided(text: str) -> tuple[str, ...]:
    return tuple(sign for sign, _ in cells(text))


@pytest.fixture
def shown() -> Shown:
    shown = Shown()
    shown.write()
    return shown


@given(st.lists(st.lists(WANTS, max_size=4), max_size=6))
def test_whatever_was_left_out_the_terminal_shows_the_newest(frames: list[list[Want]]) -> None:
    sparing, whole = Shown(), Shown()
    chance = random.Random(len(frames))
    for frame in frames:
        for x, y, text, pen in frame:
            line = cells(text, pen)
            if x + len(line) > COLUMNS:  # no sign is cut by the edge
                line = cells("." * (COLUMNS - x), pen)
            for each in (sparing, whole):
                each.canvas.want(x, y, line)
        if chance.random() < 0.6:
            sparing.write()
    sparing.write()
    whole.write()
    assert sparing.cells == whole.cells
    assert sparing.write() == ""


def test_only_the_cells_that_differ_are_written(shown: Shown) -> None:
    shown.canvas.want(2, 1, cells("step 1,234  loss 1.50"))
    shown.write()
    shown.canvas.want(2, 1, cells("step 1,236  loss 1.50"))
    assert shown.write() == "\x1b[2;12H6"
    shown.canvas.want(2, 1, cells("step 1,257  loss 1.49"))
    assert shown.write() == "\x1b[2;11H57  loss 1.49".replace("  loss 1.", "\x1b[9C")


def test_a_few_unchanged_cells_are_written_rather_than_stepped_over(shown: Shown) -> None:
    shown.canvas.want(0, 0, cells("a..a"))
    shown.write()
    shown.canvas.want(0, 0, cells("b..b"))
    assert shown.write() == "\x1b[1;1Hb..b"


def test_a_style_is_switched_once_and_off_at_the_end(shown: Shown) -> None:
    bold = PENS[1]
    shown.canvas.want(0, 0, [*cells("one", bold), *cells(" two", bold)])
    assert shown.write() == "\x1b[1;1H\x1b[1mone two\x1b[0m"
    shown.canvas.want(0, 0, cells("one", PENS[2]))
    assert shown.write() == "\x1b[1;1H\x1b[31;44mone\x1b[0m"


def test_a_part_can_be_written_before_the_rest(shown: Shown) -> None:
    shown.canvas.want(0, 0, cells("news"))
    echo = shown.canvas.want(0, 3, cells("key"))
    assert echo is not None
    difference = shown.canvas.difference([echo])
    assert difference.text == "\x1b[4;1Hkey"
    shown.canvas.written(difference)
    assert shown.write() == "\x1b[1;1Hnews"


def test_behind_a_wide_sign_the_place_is_said_as_terminals_differ_about_its_width(
    shown: Shown,
) -> None:
    shown.canvas.want(0, 0, cells("漢a"))
    assert shown.write() == "\x1b[1;1H漢\x1b[1;3Ha"
    assert divided("e\u0301漢\u0308x") == ("e\u0301", "漢\u0308", "", "x")
    shown.canvas.want(0, 0, cells("abc"))
    assert shown.write() == "\x1b[1;1Habc"


EMOJI = ("❤️", "1️⃣", "👨\u200d👩\u200d👧", "👍🏽", "e\u0301", "漢", "a", "─")


@given(st.lists(st.sampled_from(EMOJI)).map("".join))
def test_a_line_has_as_many_cells_as_textual_counts(text: str) -> None:
    assert len(divided(text)) == cell_len(text)
    assert "".join(divided(text)) == text


def test_a_mark_that_begins_a_segment_joins_the_sign_before_it() -> None:
    line = cells("漢")
    add_cells(line, "\u0308x", PENS[1])
    assert line == [("漢\u0308", PLAIN), ("", PLAIN), ("x", PENS[1])]


def test_what_lies_outside_the_screen_is_left_out(shown: Shown) -> None:
    assert shown.canvas.want(COLUMNS, 0, cells("x")) is None
    assert shown.canvas.want(0, ROWS, cells("x")) is None
    assert shown.canvas.want(COLUMNS - 2, 0, cells("xyz")) == (0, COLUMNS - 2, COLUMNS)


def test_another_size_or_somebody_else_s_text_makes_all_of_it_new(shown: Shown) -> None:
    shown.canvas.want(0, 0, cells("a"))
    shown.write()
    shown.canvas.forget()
    assert len(shown.write()) >= COLUMNS * ROWS
    shown.canvas.resize(COLUMNS, ROWS)
    assert shown.write() == ""
    shown.canvas.resize(COLUMNS + 1, ROWS)
    assert len(shown.write()) >= (COLUMNS + 1) * ROWS

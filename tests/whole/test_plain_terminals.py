"""Terminals that can do little: every byte that the app writes to them, while a run trains."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from gru_tui.runs.command import send
from gru_tui.runs.store import Store
from tests.commands.program import SMALL, Program
from tests.whole.terminal import Terminal

CTRL_G, CTRL_P, CTRL_Q, ESCAPE = "\x07", "\x10", "\x11", "\x1b"
TEXT = "Über die Brücke — “où est l’été?” 漢字 ● ½ ⣿ пока\n" * 60
COLOUR = re.compile(rb"\x1b\[(?:[0-9;]*;)?(?:3[0-9]|4[0-9]|9[0-7]|10[0-7])(?:;[0-9;]*)?m")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """With a run that trains on a text, and of a name, that are not ASCII."""
    text = tmp_path / "Brücke.txt"
    text.write_text(TEXT, encoding="utf-8")
    home = tmp_path / "data"
    options = ("--epochs", 0, "--sample-every", 20, "--name", "Flüsse ●", "--detach", *SMALL)
    result = Program(home)("train", text, *options)
    assert result.status == 0, result.complaint
    yield home
    for run in Store(home).list():
        if run.is_alive():
            send(run, "stop")


def looked_around(terminal: Terminal) -> None:
    """The first screen, the help and the palette."""
    terminal.until_shown("o running", "temperature 0.8", "training")
    terminal.press("?")
    terminal.until_shown("A run goes on when the app is closed")
    terminal.press(ESCAPE)
    terminal.until(lambda: "A run goes on" not in terminal.shown, "the help is closed")
    terminal.press(CTRL_P)
    terminal.until_shown("Search for commands", "Undo edits")
    terminal.press(ESCAPE)
    terminal.until(lambda: "Search for commands" not in terminal.shown, "the palette is closed")


def looked_at_the_rest(terminal: Terminal) -> None:
    """The texts and the two other screens, on which the model writes."""
    terminal.press("c")
    terminal.until_shown("Up and down look at a text")
    terminal.press(ESCAPE)  # alone: with a key behind it, it would be Alt
    terminal.until(lambda: "Up and down" not in terminal.shown, "the list is left")
    terminal.press("2")
    terminal.until_shown("best loss", "begun")
    terminal.press("3")
    terminal.until_shown("Write with", "validation")
    terminal.press(CTRL_G)
    terminal.until_shown("1,000 of 1,000")


def left(terminal: Terminal) -> None:
    terminal.press(CTRL_Q)
    terminal.end()
    assert terminal.child.exitstatus == 0
    assert b"goes on training. Come back with: gru-tui attach" in terminal.raw


def test_with_ascii_and_no_mouse_nothing_above_127_is_written_and_no_mouse_asked_for(
    home: Path,
) -> None:
    terminal = Terminal(home, ("-m", "gru_tui", "--ascii", "--no-mouse"), LC_ALL="C.UTF-8")
    try:
        looked_around(terminal)
        looked_at_the_rest(terminal)
        left(terminal)
    finally:
        terminal.kill()
    assert terminal.raw.isascii(), {chr(byte) for byte in terminal.raw if byte > 127}
    assert COLOUR.search(terminal.raw)
    assert not re.search(rb"\x1b\[\?(9|1000|1002|1003|1006|1015|1016)h", terminal.raw)


def test_a_terminal_without_colours_in_a_plain_locale_gets_neither(home: Path) -> None:
    terminal = Terminal(home, TERM="vt100", LC_ALL="C", COLORTERM="")
    try:
        looked_around(terminal)
        left(terminal)
    finally:
        terminal.kill()
    assert terminal.raw.isascii()
    assert not COLOUR.findall(terminal.raw)
    assert b"\x1b[1m" in terminal.raw  # weight is left
    assert b"\x1b[?1000h" in terminal.raw

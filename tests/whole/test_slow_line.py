"""The app on lines of every kind: it leaves frames out, and never lets a key wait for them."""

import os
import signal
import statistics
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from gru_tui.runs.command import send
from gru_tui.runs.store import Store
from tests.commands.program import SMALL, Program
from tests.whole.distant_terminal import DELAY, SPEED, DistantTerminal
from tests.whole.terminal import LINES, Terminal

CTRL_Q, END, BACKSPACE = "\x11", "\x1b[F", "\x7f"
STATUS = LINES - 3  # the row of the figures


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """With a run that trains, and that says much."""
    home = tmp_path / "data"
    options = ("--epochs", 0, "--sample-every", 50, "--detach", *SMALL)
    result = Program(home)("train", "sonnets", *options)
    assert result.status == 0, result.complaint
    yield home
    for run in Store(home).list():
        if run.is_alive():
            send(run, "stop")


def status(terminal: Terminal) -> str:
    return terminal.shown.split("\n")[STATUS]


def test_over_a_slow_line_a_key_is_seen_soon_and_the_news_go_on(home: Path) -> None:
    terminal = DistantTerminal(home)
    try:
        terminal.until_shown("● running", "learning rate", "Leave")
        terminal.press("h")
        terminal.until_shown("how far each step moves the parameters")  # the field has the focus
        terminal.press(END)
        before, waited = status(terminal), []
        value = field(terminal)
        for key, typed in [("7", value + "7"), (BACKSPACE, value)] * 3:
            begun = len(terminal.raw)
            terminal.press(key)
            terminal.until(partial(holds, terminal, typed), f"{typed} is seen")
            waited.append(len(terminal.raw) - begun)
        # In the time of the way there and back alone the line carries so much.
        least = 2 * DELAY * SPEED
        assert statistics.median(waited) < 1.5 * least, waited
        assert max(waited) < 4 * least, waited
        terminal.until(partial(differs, terminal, before), "news are shown")
        terminal.press(CTRL_Q)
        terminal.end()
        assert terminal.child.exitstatus == 0
        assert terminal.unanswered == 0  # an answer would be typed into the shell
    finally:
        terminal.kill()


def field(terminal: Terminal) -> str:
    line = next(line for line in terminal.shown.split("\n") if "learning rate" in line)
    return line.partition("learning rate")[2].split()[0]


def holds(terminal: Terminal, value: str) -> bool:
    return field(terminal) == value


def differs(terminal: Terminal, before: str) -> bool:
    return status(terminal) != before


def test_the_first_picture_is_written_once(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "data")
    try:
        terminal.until_shown("train on sonnets", "^s Start")
        quiet(terminal)
        assert terminal.raw.count(b" Samples ") == 1
    finally:
        terminal.kill()


def test_a_terminal_that_never_answers_gets_its_pictures(home: Path) -> None:
    terminal = Terminal(home)
    try:
        terminal.until_shown("● running", "learning rate", "── training")
        for _ in range(3):
            terminal.until(partial(differs, terminal, status(terminal)), "news are shown")
        terminal.press(CTRL_Q)
        terminal.end()
        assert terminal.child.exitstatus == 0
    finally:
        terminal.kill()


def test_what_small_frames_have_made_of_the_screen_is_what_a_whole_one_makes(home: Path) -> None:
    terminal = DistantTerminal(home, speed=1e6, delay=0.0)
    try:
        terminal.until_shown("● running", "── training", "── step")
        terminal.press("2")
        terminal.until_shown("best loss", "begun")
        terminal.press("1", "?")
        terminal.until_shown("A run goes on when the app is closed")
        terminal.press("\x1b")
        terminal.until(lambda: "A run goes on" not in terminal.shown, "the help is closed")
        (run,) = Store(home).list()
        send(run, "pause")
        terminal.until_shown("paused")
        quiet(terminal)
        before, received = cells(terminal), len(terminal.raw)
        os.kill(terminal.child.pid, signal.SIGWINCH)
        terminal.until(lambda: len(terminal.raw) > received + 4000, "all is drawn anew")
        quiet(terminal)
        assert cells(terminal) == before
    finally:
        terminal.kill()


def quiet(terminal: Terminal) -> None:
    """Until nothing has come for some time."""
    known, since = len(terminal.raw), time.monotonic()

    def nothing_comes() -> bool:
        nonlocal known, since
        if len(terminal.raw) != known:
            known, since = len(terminal.raw), time.monotonic()
        return time.monotonic() - since > 1.5

    terminal.until(nothing_comes, "it is quiet")


def cells(terminal: Terminal) -> list[list[tuple[object, ...]]]:
    """Every cell with its style."""
    screen = terminal._screen
    return [[tuple(screen.buffer[y][x]) for x in range(screen.columns)] for y in range(LINES)]

"""The app in a real terminal: begun, steered, killed, come back to, and left in order."""

import os
import signal
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pyte
import pytest

from gru_tui.runs.command import send
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store

CHECKOUT = Path(__file__).resolve().parents[2]
COLUMNS, LINES = 120, 40
PATIENCE = 30.0  # seconds; the machine may be busy with other tests
CTRL_E, CTRL_G, CTRL_Q, CTRL_S = "\x05", "\x07", "\x11", "\x13"
ESCAPE, TAB, SHIFT_TAB, LEFT = "\x1b", "\t", "\x1b[Z", "\x1b[D"
MODES = {  # what the program changes about a terminal, and how it puts it back
    "alternate screen": (b"\x1b[?1049h", b"\x1b[?1049l"),
    "cursor": (b"\x1b[?25l", b"\x1b[?25h"),
    "mouse": (b"\x1b[?1000h", b"\x1b[?1000l"),
    "mouse movements": (b"\x1b[?1003h", b"\x1b[?1003l"),
    "bracketed paste": (b"\x1b[?2004h", b"\x1b[?2004l"),
}


class Terminal:
    """`python -m gru_tui` behind a pseudo-terminal, and what a person sees of it."""

    def __init__(self, home: Path) -> None:
        self.raw = b""
        self._screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self._screen)
        environment = {
            **os.environ,
            "GRU_TUI_HOME": str(home),
            "PYTHONPATH": str(CHECKOUT),
            "TERM": "xterm-256color",
        }
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "gru_tui"],
            env=environment,
            cwd=str(home.parent),
            dimensions=(LINES, COLUMNS),
        )
        self.modes = termios.tcgetattr(self.child.child_fd)
        self.modes_at_the_end: list[object] = []

    @property
    def shown(self) -> str:
        return "\n".join(self._screen.display)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.child.send(key)

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Take what the program writes until `condition` holds."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"waited in vain until {what}; shown is\n{self.shown}")
            self._take()

    def until_shown(self, *words: str) -> None:
        self.until(lambda: all(word in self.shown for word in words), f"{words} are shown")

    def end(self) -> None:
        """Take the rest; the program must end by itself."""
        self.until(lambda: not self._take(), "the program has ended")
        self.modes_at_the_end = termios.tcgetattr(self.child.child_fd)
        self.child.close()

    def _take(self) -> bool:
        """Whether there may be more."""
        try:
            data = self.child.read_nonblocking(65_536, timeout=0.05)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += data
        self._stream.feed(data)
        return True


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    home = tmp_path / "data"
    yield home
    for run in Store(home).list():
        if run.is_alive():
            send(run, "stop")


def lines(run: Run) -> int:
    return (run.path / "events.jsonl").read_bytes().count(b"\n")


def test_a_run_is_begun_steered_left_by_force_and_come_back_to(home: Path) -> None:
    run = begun_and_killed(home)
    terminal = Terminal(home)
    before = lines(run)
    terminal.until(lambda: lines(run) > before, "the run trains on without an app")
    terminal.until_shown("● running", run.name, "gru 1x64", "→ 0.003")
    terminal.until_shown("0.003", "fixed", "── training  ● validation")

    terminal.press("3")
    terminal.until_shown("Write with", "validation")
    terminal.press(CTRL_G)
    terminal.until_shown("1,000 of 1,000")

    terminal.press(CTRL_Q)
    terminal.end()
    assert terminal.child.exitstatus == 0
    assert run.is_alive()
    farewell = f"{run.name} goes on training. Come back with: gru-tui attach {run.id}"
    assert farewell in terminal.raw[terminal.raw.rindex(b"\x1b[?1049l") :].decode()
    for name, (changed, restored) in MODES.items():
        assert terminal.raw.rindex(restored) > terminal.raw.rindex(changed), name
    assert terminal.modes_at_the_end == terminal.modes


def begun_and_killed(home: Path) -> Run:
    """Train a tiny model, change its learning rate for the next epoch, and kill the app."""
    terminal = Terminal(home)
    terminal.until_shown("train on sonnets", "^s Start")
    terminal.press("h")
    terminal.until_shown("how far each step moves the parameters")
    terminal.press(SHIFT_TAB)
    terminal.until_shown("default: three layers of 192 units")
    terminal.press(LEFT)
    terminal.until_shown("‹ your own")
    terminal.press(LEFT)
    terminal.until_shown("‹ tiny")
    terminal.press(*[TAB] * 5)
    terminal.until_shown("passes over the text until the run ends")
    terminal.press("500", CTRL_S)
    terminal.until_shown("● running", "/500", "── step 0", "── training")
    (run,) = Store(home).list()

    terminal.press(ESCAPE)
    terminal.until_shown("h changes hyperparameters")
    terminal.press("h")
    terminal.until_shown("how far each step moves the parameters")
    terminal.press("0.003", CTRL_E)
    terminal.until_shown("learning rate 0.006 → 0.003 (by")
    terminal.child.kill(signal.SIGKILL)
    terminal.end()
    assert run.is_alive()
    return run

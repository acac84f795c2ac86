"""The app in a real terminal: begun, steered, killed, come back to, and left in order."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from gru_tui.runs.command import send
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from tests.whole.terminal import Terminal

CTRL_E, CTRL_G, CTRL_Q, CTRL_S = "\x05", "\x07", "\x11", "\x13"
ESCAPE, TAB, SHIFT_TAB, LEFT = "\x1b", "\t", "\x1b[Z", "\x1b[D"
READS_FOR_EVER = """
import pathlib, threading
from gru_tui import steering
from gru_tui.__main__ import main

def load(self, source):
    pathlib.Path("is-read").touch()
    threading.Event().wait()

steering.Steering.load = load
main()
"""


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
    terminal.assert_given_back()


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
    terminal.press("5000", CTRL_S)
    terminal.until_shown("● running", "/5,000", "── training")
    terminal.until_shown("── step ")
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


def test_nobody_who_leaves_waits_until_a_text_is_read(home: Path) -> None:
    terminal = Terminal(home, ["-c", READS_FOR_EVER])
    terminal.until_shown("train on sonnets", "^s Start")
    terminal.press("c")
    terminal.until((home.parent / "is-read").exists, "a text is being read")
    terminal.press(CTRL_Q)
    terminal.end()
    assert terminal.child.exitstatus == 0
    terminal.assert_given_back()

"""Row 14: however the app ends, the terminal is given back as it was."""

import os
import random
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.whole.terminal import MODES, Terminal

CTRL_C, CTRL_Q = "\x03", "\x11"
READY = ("train on sonnets", "^s Start")
# As the program, save that its help breaks or never comes.
BROKEN = """
import sys, time
from pathlib import Path
from gru_tui.app import GruTui, launch
def action_help(self):
    {deed}
GruTui.action_help = action_help
launch(Path(sys.argv[1]))
"""
ATTACK = r"raise ValueError('\x1b]0;OWNED\x07\x9b31m')"
STYLE = re.compile("\x1b\\[[0-9;]*m")
STATUS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}


def by_key(home: Path) -> None:
    terminal = opened(home)
    terminal.press(CTRL_Q)
    ended(terminal, 0)


def by_ctrl_c(home: Path) -> None:
    terminal = opened(home)
    terminal.press(CTRL_C)
    terminal.until_shown("^c once more")
    terminal.press(CTRL_C)
    ended(terminal, 0)


def by_signal(number: signal.Signals) -> Callable[[Path], None]:
    def end(home: Path) -> None:
        terminal = opened(home)
        os.kill(terminal.child.pid, number)
        ended(terminal, STATUS[number])

    return end


def by_an_exception(home: Path) -> None:
    terminal = opened(home, ATTACK)
    terminal.press("?")
    ended(terminal, 1)
    left = terminal.raw[terminal.raw.rindex(b"\x1b[?1049l") :]
    assert "ValueError: ␛]0;OWNED<9B>31m" in STYLE.sub("", left.decode())  # rich takes BEL out
    assert b"\x1b]0;OWNED" not in terminal.raw


def while_it_is_stuck(home: Path) -> None:
    """The thread that would end it in order does not come to it."""
    terminal = opened(home, "time.sleep(600)")
    terminal.press("?")
    time.sleep(0.2)
    began = time.monotonic()
    os.kill(terminal.child.pid, signal.SIGTERM)
    ended(terminal, STATUS[signal.SIGTERM])
    assert time.monotonic() - began < 3


def while_it_starts(home: Path) -> None:
    terminal = Terminal(home)
    try:
        # How far it has come by then does not matter: what was switched is switched back.
        until = time.monotonic() + random.random() * 0.8
        terminal.until(lambda: time.monotonic() > until, "the moment")
        os.kill(terminal.child.pid, signal.SIGTERM)
        terminal.end()
        terminal.assert_given_back()
    finally:
        terminal.kill()


def opened(home: Path, deed: str = "") -> Terminal:
    arguments = ("-c", BROKEN.format(deed=deed), str(home)) if deed else ("-m", "gru_tui")
    terminal = Terminal(home, arguments)
    try:
        terminal.until_shown(*READY)
    except BaseException:
        terminal.kill()
        raise
    return terminal


def ended(terminal: Terminal, status: int) -> None:
    try:
        terminal.end()
        assert all(changed in terminal.raw for changed, _ in MODES.values())
        terminal.assert_given_back()
        assert terminal.child.exitstatus == status
    finally:
        terminal.kill()


WAYS: dict[str, Callable[[Path], None]] = {
    "the key": by_key,
    "ctrl+c": by_ctrl_c,
    "SIGINT": by_signal(signal.SIGINT),
    "SIGTERM": by_signal(signal.SIGTERM),
    "SIGHUP": by_signal(signal.SIGHUP),
    "an exception": by_an_exception,
    "SIGTERM while it is stuck": while_it_is_stuck,
    "SIGTERM while it starts": while_it_starts,
}


SAID_ELSEWHERE = {"the key", "SIGINT", "SIGTERM"}  # at length only: the others do the same


@pytest.mark.parametrize(
    "way",
    [
        pytest.param(way, marks=pytest.mark.endurance if way in SAID_ELSEWHERE else ())
        for way in WAYS
    ],
)
@pytest.mark.rounds(short=1, long=20)
def test_the_terminal_is_given_back(
    way: str, tmp_path: Path, rounds: int, figure: Callable[[str], None]
) -> None:
    (tmp_path / "data").mkdir()
    for _ in range(rounds):
        WAYS[way](tmp_path / "data")
    figure(f"row 14: {way}: {rounds} of {rounds}")

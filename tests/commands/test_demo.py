"""`gru-tui demo` on a terminal: something moves at once, the loss falls, the notes lead on."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from engine.events import Step
from gru_tui.runs.command import send
from gru_tui.runs.store import Store
from tests.commands.program import CHECKOUT, Program, one_sentence
from tests.runs import making

PATIENCE = 30.0  # seconds; the machine may be busy with other tests


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    home = tmp_path / "data"
    yield home
    for run in Store(home).list():
        if run.is_alive():
            send(run, "stop")


def test_the_demonstration_shows_a_note_and_a_loss_that_falls(home: Path) -> None:
    environment = {
        **os.environ,
        "GRU_TUI_HOME": str(home),
        "PYTHONPATH": str(CHECKOUT),
        "TERM": "xterm-256color",
    }
    child = pexpect.spawn(
        sys.executable,
        ["-m", "gru_tui", "demo"],
        env=environment,
        dimensions=(24, 80),
        timeout=PATIENCE,
    )
    child.expect("1 of 5")
    deadline = time.monotonic() + PATIENCE
    losses: list[float] = []
    while not losses or losses[0] - losses[-1] < 1:
        assert time.monotonic() < deadline, losses[-3:]
        found = making.of(Step, making.events(Store(home).find("last")))
        losses = [event.loss for event in found if event.loss is not None]
        child.expect([pexpect.TIMEOUT, pexpect.EOF], timeout=0.1)
    assert found[-1].seconds < 10, "seconds of training, whatever else the machine does"
    child.send("\r")
    child.expect("2 of 5")
    child.send("\x11")
    child.expect("goes on training")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_without_a_terminal_it_says_so_and_starts_nothing(program: Program) -> None:
    result = program("demo")
    assert result.status == 2
    assert "needs a terminal" in one_sentence(result)
    assert not program.home.exists()

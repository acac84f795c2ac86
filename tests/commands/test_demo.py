"""`gru-tui demo` on a terminal: something moves at once, the loss falls, the notes lead on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.events import Step
from gru_tui.runs.command import send
from gru_tui.runs.store import Store
from tests.commands.program import Program, one_sentence
from tests.runs import making
from tests.whole.terminal import Terminal


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    home = tmp_path / "data"
    yield home
    for run in Store(home).list():
        if run.is_alive():
            send(run, "stop")


def test_the_demonstration_shows_a_note_and_a_loss_that_falls(home: Path) -> None:
    terminal = Terminal(home, ("-m", "gru_tui", "demo"))
    losses: list[float] = []

    def it_falls() -> bool:
        found = making.of(Step, making.events(Store(home).find("last")))
        losses[:] = [event.loss for event in found if event.loss is not None]
        # Seconds of training, whatever else the machine does.
        assert not found or found[-1].seconds < 10
        return bool(losses) and losses[0] - losses[-1] >= 1

    try:
        terminal.until_shown("1 of 5")
        terminal.until(it_falls, "the loss has fallen")
        terminal.press("\r")
        terminal.until_shown("2 of 5")
        terminal.press("\x11")
        terminal.end()
        assert b"goes on training" in terminal.raw
        assert terminal.child.exitstatus == 0
    finally:
        terminal.kill()


def test_without_a_terminal_it_says_so_and_starts_nothing(program: Program) -> None:
    result = program("demo")
    assert result.status == 2
    assert "needs a terminal" in one_sentence(result)
    assert not program.home.exists()

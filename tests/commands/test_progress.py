"""The progress line: what it says, how often, and that nothing stops it."""

import io
import time

import pytest

from engine.events import HyperparametersChanged, Step, Validation, Warned
from engine.hyperparameters import Hyperparameters
from gru_tui.commands.progress import Progress

STEP = Step(
    step=50,
    epoch=1.25,
    seconds=30.0,
    loss=1.5,
    perplexity=4.48,
    learning_rate=0.006,
    gradient_norm=0.5,
    characters_per_second=98_000.0,
)
VALIDATION = Validation(
    step=50, epoch=1.25, loss=1.6, perplexity=4.95, bits_per_character=2.3, best=True
)


class Terminal(io.StringIO):
    """A terminal that remembers."""

    def isatty(self) -> bool:
        return True


class Gone(Terminal):
    """A terminal whose line dropped."""

    def write(self, _: str) -> int:
        raise OSError(5, "Input/output error")


def test_the_line_says_how_far_how_good_how_fast_and_how_long() -> None:
    terminal = Terminal()
    progress = Progress(Hyperparameters(steps=200, epochs=0), terminal)
    progress.take(VALIDATION)
    progress.take(STEP)
    line = terminal.getvalue()
    for part in (" 25%", "epoch 1.25", "step 50", "loss 1.500", "validation 1.600", "98.0k/s"):
        assert part in line
    assert "1:30 left" in line
    assert max(map(len, line.split("\r"))) <= 79


def test_the_first_line_comes_at_once_also_on_a_machine_just_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: 0.001)
    terminal, plain = Terminal(), io.StringIO()
    Progress(Hyperparameters(), terminal).take(STEP)
    assert "step 50" in terminal.getvalue()
    progress = Progress(Hyperparameters(), plain)
    progress.take(STEP)
    assert plain.getvalue() == ""
    progress.take(VALIDATION)
    assert "step 50" in plain.getvalue()


def test_it_is_drawn_a_few_times_a_second_at_most() -> None:
    terminal = Terminal()
    progress = Progress(Hyperparameters(), terminal)
    for _ in range(100):
        progress.take(STEP)
    assert terminal.getvalue().count("\r") == 1


def test_without_a_terminal_there_are_plain_lines_now_and_then() -> None:
    plain = io.StringIO()
    progress = Progress(Hyperparameters(), plain)
    for _ in range(100):
        progress.take(STEP)
    assert plain.getvalue() == ""
    progress.take(VALIDATION)
    assert plain.getvalue().count("\n") == 1
    assert "\r" not in plain.getvalue()


def test_a_changed_bound_moves_the_end() -> None:
    terminal = Terminal()
    progress = Progress(Hyperparameters(steps=200, epochs=0), terminal)
    progress.take(HyperparametersChanged(step=50, changed={"steps": [200, 100]}))
    progress.take(STEP)
    assert "steps 200 -> 100" in terminal.getvalue()
    assert "50%" in terminal.getvalue()


def test_a_warning_stands_above_the_line_and_cannot_drive_the_terminal() -> None:
    terminal = Terminal()
    progress = Progress(Hyperparameters(), terminal)
    progress.take(STEP)
    progress.take(Warned(message="odd \x1b[31mfile\nname"))
    assert "\x1b" not in terminal.getvalue()
    assert terminal.getvalue().rstrip(" ").endswith("name\n") or "name" in terminal.getvalue()


def test_a_dropped_line_stops_nothing() -> None:
    progress = Progress(Hyperparameters(), Gone())
    progress.take(STEP)
    progress.say("still here")
    progress.close()

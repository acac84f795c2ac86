"""The progress line: what it says, how often, and that nothing stops it."""

import fcntl
import io
import os
import struct
import termios
import time
from typing import Any

import msgspec
import pytest

from engine.events import HyperparametersChanged, Rollback, Step, Validation, Warned
from engine.hyperparameters import Hyperparameters
from gru_tui.commands import progress
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

    tries = 0

    def write(self, _: str) -> int:
        self.tries += 1
        raise OSError(5, "Input/output error")


class Clock:
    """A monotonic clock that stands."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(progress, "time", self)

    def monotonic(self) -> float:
        return self.now


def seen(written: str) -> list[str]:
    """The lines that a terminal shows; the last one is that of the cursor."""
    lines = []
    for line in written.split("\n"):
        cells: list[str] = []
        for over in line.split("\r"):
            cells[: len(over)] = over
        lines.append("".join(cells).rstrip())
    return lines


def at(step: int, seconds: float, **changes: Any) -> Step:
    """That far into a run."""
    changes = {"step": step, "seconds": seconds, "epoch": step / 40, **changes}
    return msgspec.structs.replace(STEP, **changes)


def line_of(settings: Hyperparameters, *steps: Step) -> str:
    """The last line that is drawn."""
    terminal = Terminal()
    shown = Progress(settings, terminal)
    for step in steps:
        shown.take(step)
    shown.draw()
    return seen(terminal.getvalue())[-1]


def test_the_line_says_how_far_how_good_how_fast_and_how_long() -> None:
    terminal = Terminal()
    shown = Progress(Hyperparameters(steps=200, epochs=0), terminal)
    shown.take(VALIDATION)
    shown.take(STEP)
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
    shown = Progress(Hyperparameters(), plain)
    shown.take(STEP)
    assert plain.getvalue() == ""
    shown.take(VALIDATION)
    assert "step 50" in plain.getvalue()


def test_it_is_drawn_a_few_times_a_second_at_most() -> None:
    terminal = Terminal()
    shown = Progress(Hyperparameters(), terminal)
    for _ in range(100):
        shown.take(STEP)
    assert terminal.getvalue().count("\r") == 1


def test_without_a_terminal_there_are_plain_lines_now_and_then() -> None:
    plain = io.StringIO()
    shown = Progress(Hyperparameters(), plain)
    for _ in range(100):
        shown.take(STEP)
    assert plain.getvalue() == ""
    shown.take(VALIDATION)
    assert plain.getvalue().count("\n") == 1
    assert "\r" not in plain.getvalue()


def test_a_changed_bound_moves_the_end() -> None:
    terminal = Terminal()
    shown = Progress(Hyperparameters(steps=200, epochs=0), terminal)
    shown.take(HyperparametersChanged(step=50, changed={"steps": [200, 100]}))
    shown.take(STEP)
    assert "steps 200 -> 100" in terminal.getvalue()
    assert "50%" in terminal.getvalue()


@pytest.mark.parametrize(
    ("bounds", "part"),
    [
        ({"steps": 200, "epochs": 0}, 0.25),
        ({"steps": 100, "epochs": 5}, 0.5),
        ({"steps": 200, "epochs": 2}, 0.625),
        ({"max_seconds": 40, "epochs": 0}, 0.75),
        ({"steps": 40, "epochs": 0}, 1.0),  # it may be a step beyond
    ],
)
def test_the_bar_is_as_long_as_the_part_of_the_bound_that_comes_first(
    bounds: dict[str, int], part: float
) -> None:
    line = line_of(Hyperparameters(**bounds), STEP)  # type: ignore[arg-type]
    bar, percent, *_ = line.split()
    assert bar == ("#" * round(len(bar) * part)).ljust(len(bar), "-")
    assert len(bar) == min(24, 79 - len(line.removeprefix(bar)))
    assert percent == f"{part:.0%}"
    assert ("left" in line) == (part < 1)


def test_without_a_bound_and_a_loss_the_line_says_what_is_known() -> None:
    unbound = Hyperparameters(steps=0, epochs=0)
    assert line_of(unbound, at(50, 30, loss=None)) == "epoch 1.25  step 50  98.0k/s"
    assert line_of(Hyperparameters(steps=200, epochs=0), at(0, 0)).startswith("-" * 24 + "   0%")


@pytest.mark.parametrize(
    ("steps", "left"), [(51, "0:01"), (200, "1:30"), (6049, "59:59"), (10_000, "1:39:30")]
)
def test_the_time_that_is_left_is_told_in_hours_where_there_are_any(steps: int, left: str) -> None:
    assert line_of(Hyperparameters(steps=steps, epochs=0), STEP).endswith(f"k/s  {left} left")


def test_the_time_that_is_left_follows_the_pace_of_late() -> None:
    settings = Hyperparameters(steps=40, epochs=0, validation_fraction=0)
    quick = [at(step, float(step)) for step in range(1, 11)]
    slow = [at(10 + step, 10 + 10.0 * step) for step in range(1, 21)]
    assert line_of(settings, *quick).endswith(" 0:30 left")
    assert line_of(settings, *quick, *slow).endswith(" 1:40 left")


@pytest.mark.parametrize(("columns", "room"), [(0, 79), (40, 39), (70, 69), (200, 199)])
def test_a_line_is_narrower_than_the_terminal_and_reaches_it_at_once(
    columns: int, room: int
) -> None:
    outside, inside = os.openpty()
    try:
        size = struct.pack("HHHH", 24, columns, 0, 0)
        fcntl.ioctl(inside, termios.TIOCSWINSZ, size)
        with open(inside, "w", closefd=False) as terminal:
            Progress(Hyperparameters(steps=200, epochs=0), terminal).take(STEP)
            os.set_blocking(outside, False)
            line = os.read(outside, 4096).decode().removeprefix("\r")
    finally:
        os.close(inside)
        os.close(outside)
    words = " 25%  epoch 1.25  step 50  loss 1.500  98.0k/s  1:30 left"
    length = min(24, room - len(words) - 1)
    bar = ("#" * round(length / 4)).ljust(length, "-") + " " if length >= 4 else ""
    assert line == (bar + words)[:room]


def test_what_is_told_stands_above_the_line_and_nothing_is_left_of_what_stood_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, terminal = Clock(monkeypatch), Terminal()
    shown = Progress(Hyperparameters(steps=200, epochs=0), terminal)
    shown.take(Warned(message="odd \x1b[31mfile\nname"))
    shown.take(STEP)
    (told, line) = seen(terminal.getvalue())
    assert told == "warning: odd ␛[31mfile name"
    assert line.endswith("1:30 left")
    shown.take(Rollback(reason="the loss is nan", learning_rate=0.1, to_step=1200))
    shown.take(HyperparametersChanged(step=1300, changed={"dropout": [0.0, 0.5]}))
    shown.take(HyperparametersChanged(step=1300, changed={}))
    above = [
        told,
        "the loss is nan; back to step 1,200 with half the rate",
        "step 1,300: dropout 0.0 -> 0.5",
        "step 1,300: nothing changed",
    ]
    assert seen(terminal.getvalue()) == [*above, ""]
    clock.now += progress.REDRAW
    shown.take(at(200, 60.0))
    *others, last = seen(terminal.getvalue())
    assert others == above
    assert last.endswith("98.0k/s")  # and no "left" of the longer line before it
    shown.close()
    assert seen(terminal.getvalue()) == [*above, last, ""]


def test_it_is_drawn_again_when_it_is_time_and_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream, pause, end in (
        (Terminal(), progress.REDRAW, "\r"),
        (io.StringIO(), progress.REPEAT, "\n"),
    ):
        clock = Clock(monkeypatch)
        shown = Progress(Hyperparameters(steps=200, epochs=0), stream)
        for number in range(1, 8):
            shown.take(at(number, 0.5))
            clock.now += pause / 2
        assert stream.getvalue().count(end) == (4 if end == "\r" else 3)
        drawn = stream.getvalue()
        shown.close()
        if end == "\n":
            assert stream.getvalue() == drawn
            assert "#" not in drawn
            assert "-" not in drawn
        else:
            assert "step 7" in seen(stream.getvalue())[-2]
            shown.close()
            assert stream.getvalue().count("\n") == 2


def test_the_best_validation_is_remembered_and_the_newest_one_shown() -> None:
    terminal = Terminal()
    shown = Progress(Hyperparameters(), terminal)
    worse = msgspec.structs.replace(VALIDATION, loss=1.75, best=False)
    for event in (VALIDATION, worse, STEP):
        shown.take(event)
    assert shown.best == VALIDATION
    assert "validation 1.750" in terminal.getvalue()
    shown.take(msgspec.structs.replace(VALIDATION, loss=None, best=False))
    shown.draw()
    assert "validation" not in seen(terminal.getvalue())[-1]


def test_a_dropped_line_stops_nothing() -> None:
    terminal = Gone()
    shown = Progress(Hyperparameters(), terminal)
    shown.take(STEP)
    shown.say("still here")
    shown.close()
    assert terminal.tries == 1

"""How far a run is, in one line on stderr: redrawn on a terminal, now and then elsewhere."""

import math
import os
import sys
import time
from typing import TextIO

from engine.events import (
    AnyEvent,
    HyperparametersChanged,
    Rollback,
    Step,
    Validation,
    Warned,
)
from engine.hyperparameters import Hyperparameters
from gru_tui.curves.pace import Pace
from gru_tui.visible import visible

REDRAW = 0.25  # seconds between two drawings of the line
REPEAT = 10.0  # seconds between two plain lines, where nothing can be redrawn
LONGEST_BAR = 24
NEVER = -math.inf  # a monotonic clock may begin at 0 when the machine does


class Progress:
    """Folds events into a line. What it cannot write any more, it leaves."""

    def __init__(self, hyperparameters: Hyperparameters, stream: TextIO | None = None) -> None:
        self._settings = hyperparameters
        self._pace = Pace()
        self._stream = stream if stream is not None else sys.stderr
        self._redraws = self._stream.isatty()
        self._drawn = 0  # width of what stands on the terminal's last line
        self._drawn_at = NEVER if self._redraws else time.monotonic()
        self._step: Step | None = None
        self._validation: Validation | None = None
        self._gone = False
        self.best: Validation | None = None

    def take(self, event: AnyEvent) -> None:
        """Remember `event`, and draw when it is time."""
        self._pace.take((event,))
        match event:
            case Step():
                self._step = event
            case Validation():
                self._validation = event
                if event.best:
                    self.best = event
                if not self._redraws:
                    self._drawn_at = NEVER
            case HyperparametersChanged():
                self._settings = Hyperparameters.from_mapping(
                    {name: new for name, (_, new) in event.changed.items()}, self._settings
                )
                changes = (f"{name} {old} -> {new}" for name, (old, new) in event.changed.items())
                self.say(f"step {event.step:,}: {', '.join(changes) or 'nothing changed'}")
            case Rollback():
                self.say(f"{event.reason}; back to step {event.to_step:,} with half the rate")
            case Warned():
                self.say(f"warning: {event.message}")
            case _:
                return
        if time.monotonic() - self._drawn_at >= (REDRAW if self._redraws else REPEAT):
            self.draw()

    def say(self, message: str) -> None:
        """A line of its own, above the one that is redrawn."""
        text = visible(" ".join(message.split()))
        if self._drawn:
            text = "\r" + text.ljust(self._drawn)
            self._drawn = 0
        self._write(text + "\n")

    def draw(self) -> None:
        """Write the line as things stand, once there has been a step."""
        if self._step is None:
            return
        self._drawn_at = time.monotonic()
        if not self._redraws:
            self._write(self._line(columns=200, bar=False) + "\n")
            return
        columns = self._columns() - 1
        line = self._line(columns, bar=True)[:columns]
        self._write("\r" + line.ljust(self._drawn)[:columns])
        self._drawn = len(line)

    def close(self) -> None:
        """Draw for the last time and leave the line behind."""
        if self._redraws:
            self.draw()
            if self._drawn:
                self._write("\n")
                self._drawn = 0

    def _line(self, columns: int, *, bar: bool) -> str:
        step = self._step
        assert step is not None
        parts = [f"epoch {step.epoch:.2f}", f"step {step.step:,}"]
        if step.loss is not None:
            parts.append(f"loss {step.loss:.3f}")
        if self._validation is not None and self._validation.loss is not None:
            parts.append(f"validation {self._validation.loss:.3f}")
        parts.append(f"{step.characters_per_second / 1000:.1f}k/s")
        fraction = self._fraction(step)
        if fraction is None:
            return "  ".join(parts)
        if 0 < fraction < 1:
            left = self._pace.left(self._settings.to_mapping())
            if left is None:  # too early to tell a pace
                left = step.seconds * (1 - fraction) / fraction
            parts.append(f"{_clock(left)} left")
        text = f"{fraction:4.0%}  " + "  ".join(parts)
        length = min(LONGEST_BAR, columns - len(text) - 1)
        if not bar or length < 4:
            return text
        done = round(fraction * length)
        return "#" * done + "-" * (length - done) + " " + text

    def _fraction(self, step: Step) -> float | None:
        settings = self._settings
        bounds = (
            (step.epoch, settings.epochs),
            (step.step, settings.steps),
            (step.seconds, settings.max_seconds),
        )
        parts = [done / bound for done, bound in bounds if bound]
        return min(1.0, max(parts)) if parts else None

    def _columns(self) -> int:
        try:
            return os.get_terminal_size(self._stream.fileno()).columns or 80
        except OSError:
            return 80

    def _write(self, text: str) -> None:
        if self._gone:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:  # the terminal has gone; the run has not
            self._gone = True


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

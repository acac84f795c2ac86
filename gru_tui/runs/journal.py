"""The trainer's pen: events.jsonl, with steps averaged so that a fast run does not flood it.

The file only grows, because its readers remember how far they have read. So lines about steps
come less often with the time: ten a second at first, from 17 minutes on one for each
ten-thousandth part of the training so far, and at last, after five hours, one in two seconds.
No chart has columns enough to show the difference, and a week fits in 130 MB.
"""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from corpora.errors import ReportedError
from engine.events import Event, Step, encode
from engine.loss import finite_perplexity
from gru_tui.runs import memory
from gru_tui.runs.files import LineFile
from gru_tui.runs.reserve import Reserve

EVERY, RAREST = 0.1, 2.0  # seconds between two lines about steps: at first, and at last
PART = 1e-4  # of the training so far, in between
BEAT = 1.0  # seconds between two signs of life without a line


def interval(seconds: float) -> float:
    """Seconds between two lines about steps, after so many seconds of training."""
    return min(RAREST, max(EVERY, PART * seconds))


class StepMeans:
    """Steps since the last line; their mean is the next line."""

    def __init__(self) -> None:
        self._steps: list[Step] = []
        self._characters_before = 0

    def add(self, step: Step) -> None:
        """One more step."""
        self._steps.append(step)

    def take(self) -> Step | None:
        """The mean of what was added; None when that is nothing."""
        if not self._steps:
            return None
        steps, last = self._steps, self._steps[-1]
        seconds = 0.0
        before = self._characters_before
        for step in steps:
            seconds += (step.characters - before) / step.characters_per_second
            before = step.characters
        rate = (last.characters - self._characters_before) / seconds if seconds else 0.0
        self._steps, self._characters_before = [], last.characters
        loss = _mean([step.loss for step in steps])
        return msgspec.structs.replace(
            last,
            loss=loss,
            perplexity=finite_perplexity(loss),
            gradient_norm=_mean([step.gradient_norm for step in steps]),
            characters_per_second=rate,
            count=len(steps),
        )

    def restart(self, characters: int) -> None:
        """Training goes on behind that many characters: a resume, or a roll-back."""
        self._steps, self._characters_before = [], characters


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if len(known) == len(values) else None


class Journal:
    """Appends events; what a full disk refuses is kept, and `stuck` says so."""

    def __init__(self, path: Path) -> None:
        """Raises ReportedError where the file cannot be opened."""
        self._path = path
        try:
            self._file = LineFile(path)
        except OSError as error:
            raise ReportedError(f"{path} cannot be written ({error.strerror})") from error
        self._reserve = Reserve(path.parent)
        self._reserve.take()
        self._means = StepMeans()
        self._written_at = self._alive_at = self._found_at = 0.0
        self._memory = memory.Meter()
        self.stuck = False
        self.listeners: list[Callable[[Event], None]] = []  # each hears every single event

    def restart(self, characters: int) -> None:
        """The next step follows that many characters."""
        self._means.restart(characters)

    def record(self, event: Event) -> None:
        """Write an event down; steps may wait a moment for company."""
        for listener in self.listeners:
            listener(event)
        if isinstance(event, Step):
            self._means.add(event)
            if time.monotonic() - self._written_at < interval(event.seconds):
                self.beat()
            else:
                self.flush_steps()
            return
        self.flush_steps()
        self._write(event if event.time else msgspec.structs.replace(event, time=time.time()))

    def beat(self) -> None:
        """Show that the trainer lives when there is nothing to write: the file's time says it."""
        now = time.monotonic()
        if now - max(self._written_at, self._alive_at) >= BEAT:
            self._alive_at = now
            with contextlib.suppress(OSError):
                self._file.touch()

    def finds_another_file(self) -> bool:
        """Whether somebody has removed or replaced the file; what is there now is written to then.

        Only for whoever is sure that the directory is still its own. Looks once in a while.
        """
        now = time.monotonic()
        if now - self._found_at < BEAT or self.stuck:
            return False
        self._found_at = now
        if not self._file.is_elsewhere():
            return False
        try:
            found = LineFile(self._path)
        except OSError:  # a folder or a link, say: nobody's place to write to
            return False
        self._file.close()
        self._file = found
        return True

    def flush_steps(self) -> None:
        """Write the steps that wait for company."""
        mean = self._means.take()
        if mean is not None:
            self._write(msgspec.structs.replace(mean, memory=self._memory.read()))

    def retry(self) -> None:
        """Try again to write what was refused."""
        self._flush()
        # There is room again only if there is enough to tell of the next time.
        self.stuck = self.stuck or not self._reserve.take()

    def use_reserve(self) -> None:
        """Try again to write what was refused, in the room that was kept for that."""
        self._reserve.give()
        self._flush()

    def close(self) -> None:
        """Write what waits, and let go of the file."""
        self.flush_steps()
        self._file.close()
        self._reserve.give()

    def _flush(self) -> None:
        try:
            self._file.flush()
            self.stuck = False
        except OSError:
            self.stuck = True

    def _write(self, event: Event) -> None:
        self._written_at = time.monotonic()
        try:
            self._file.append(encode(event))
            self.stuck = False
        except OSError:
            self.stuck = True

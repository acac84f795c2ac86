"""A run that repeats another: what is done at which place, and the clock that it goes by."""

from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from corpora.errors import ReportedError
from gru_tui.runs.course import Course, Deed, Place
from gru_tui.runs.pace import FILE as PACE
from gru_tui.runs.pace import PaceFile, RecordedPace
from gru_tui.runs.run import Run

if TYPE_CHECKING:
    from engine.events import Event
    from engine.trainer import Trainer

SCRIPT, CLOCK = "replay.json", "replay-pace.bin"


class Script(msgspec.Struct, frozen=True, kw_only=True):
    """All that another run did, up to where it stood; `finished`: it came to its end by itself."""

    name: str
    deeds: list[Deed]
    rollbacks: int
    step: int
    finished: bool

    @property
    def end(self) -> Place:
        """Where the other run stood."""
        return Place(self.rollbacks, self.step)


class Repetition:
    """Keeps a trainer's place on its way, records its pace, and repeats a script if it has one."""

    def __init__(self, run: Run, trainer: "Trainer", course: Course) -> None:
        """`course` has come to where the trainer stands. Raises ReportedError: a damaged script."""
        place = course.place
        self._trainer = trainer
        self._rollbacks = place.rollbacks
        self._pace = PaceFile(run.path / PACE)
        self.script = _script(run.path / SCRIPT)
        if self.script is not None and course.ending and place >= self.script.end:
            self.script = None  # it was played to its end: what comes now is new
        self._clock: RecordedPace | None = None
        self._saved_at: Place | None = None
        deeds = self.script.deeds if self.script is not None else []
        # What was done here already may be done again: it changes nothing the second time.
        self._deeds = deque(d for d in deeds if d.place >= place and d.kind != "rollback")
        if self.active and (run.path / CLOCK).exists():
            try:
                self._clock = RecordedPace(run.path / CLOCK)
            except OSError as error:
                raise ReportedError(
                    f"{run.path / CLOCK} cannot be read ({error.strerror})"
                ) from error
        trainer.pace = self._done

    @property
    def place(self) -> Place:
        """Where the trainer stands."""
        return Place(self._rollbacks, self._trainer.step)

    @property
    def active(self) -> bool:
        """Whether the script goes on; behind its end the run is one like any other."""
        return self.script is not None and self.place < self.script.end

    @property
    def at_end(self) -> bool:
        """Whether everything has been repeated, and the other run did not go on from here."""
        script = self.script
        return script is not None and not self._deeds and self.place == script.end

    def hear(self, event: "Event") -> None:
        """What the trainer has just done."""
        from engine.events import CheckpointSaved, Rollback, Step

        if isinstance(event, Step):
            if self._trainer.hyperparameters.max_seconds:
                self._pace.add(Place(self._rollbacks, event.step - 1), self._trainer.done)
        elif isinstance(event, Rollback):
            self._rollbacks += 1
        elif isinstance(event, CheckpointSaved):
            self._saved_at = self.place

    def take_due(self) -> Deed | None:
        """The next thing that was done at this place; None when there is nothing more."""
        place = self.place
        while self._deeds and self._deeds[0].place <= place:
            deed = self._deeds.popleft()
            if deed.place < place:
                continue
            if deed.kind == "checkpoint" and self._saved_at == place:
                continue
            if deed.kind == "validation" and (
                self._trainer.position.validated_at == self._trainer.step
            ):
                continue
            return deed
        return None

    def _done(self) -> float | None:
        """The trainer's `pace`."""
        script, place = self.script, self.place
        if script is None or place > script.end:
            return None
        if place == script.end:
            return 1.0 if script.finished and not self._deeds else None
        if self._clock is None or not self._trainer.hyperparameters.max_seconds:
            return None
        return self._clock.done(place)


def _script(path: Path) -> Script | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Script)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ReportedError(f"{path} is damaged ({str(error)[:120]})") from error

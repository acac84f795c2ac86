"""What counts of a run's events: changes, checkpoints and measurements on the way that lasted.

A run that was killed goes on from its last checkpoint: what it did after that was lost and is
not part of its course. After a roll-back the same steps come again; so a place on the way is
the number of roll-backs before it, and the step.
"""

from typing import Any, Literal, NamedTuple

import msgspec

from engine.events import (
    AnyEvent,
    CheckpointSaved,
    HyperparametersChanged,
    Rollback,
    State,
    Step,
    Validation,
)
from gru_tui.runs.follower import Follower
from gru_tui.runs.run import Run


class Place(NamedTuple):
    """A moment between two steps; places compare in the order in which a run comes to them."""

    rollbacks: int
    step: int


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was done between two steps.

    `changes` (name -> value) belong to `set` and `rollback`; `before`, the values until then, to
    `set`.
    """

    rollbacks: int
    step: int
    kind: Literal["set", "checkpoint", "validation", "rollback"]
    changes: dict[str, Any] = {}
    before: dict[str, Any] = {}

    @property
    def place(self) -> Place:
        """When it was done."""
        return Place(self.rollbacks, self.step)


class Course:
    """The deeds that count so far, in order; grows with the events."""

    def __init__(self) -> None:
        self.deeds: list[Deed] = []
        self.place = Place(0, 0)
        self.ending = ""  # the state that it has ended in, if it has
        self._starts = False  # a new life has begun, which says where it goes on

    @classmethod
    def of(cls, run: Run) -> "Course":
        """All that has counted in a run so far."""
        course = cls()
        for event in Follower(run.events).rest():
            course.take(event)
        return course

    def take(self, event: AnyEvent) -> None:
        """Fold one more event in."""
        match event:
            case Rollback():
                self.place = Place(self.place.rollbacks + 1, event.to_step)
                self._add("rollback", changes={"learning_rate": event.learning_rate})
            case Step():
                self._come_to(event.step)
            case Validation():
                self._come_to(event.step)
                self._add("validation")
            case CheckpointSaved():
                self._come_to(event.step)
                self._add("checkpoint")
            case HyperparametersChanged() if event.changed:
                self._come_to(event.step)
                before = {name: old for name, (old, _) in event.changed.items()}
                self._forget_lost(before)
                changes = {name: new for name, (_, new) in event.changed.items()}
                self._add("set", changes=changes, before=before)
            case State():
                self._come_into(event)
            case _:
                pass

    def lacks_checkpoint(self, step: int, learning_rate: float) -> bool:
        """Whether the last roll-back was saved, by a process that was killed before it could tell:
        the last checkpoint, of that step, has the learning rate that the roll-back has chosen.
        """
        if not self.deeds:
            return False
        last, chosen = self.deeds[-1], {"learning_rate": learning_rate}
        return (last.kind, last.step, last.changes) == ("rollback", step, chosen)

    def go_on_at(self, step: int) -> None:
        """A new life begins at that step's checkpoint: what came after it does not count."""
        saved = [
            index
            for index, deed in enumerate(self.deeds)
            if deed.kind == "checkpoint" and deed.step == step
        ]
        if saved:
            place = self.deeds[saved[-1]].place
            later = [deed for deed in self.deeds[saved[-1] :] if deed.place == place]
            self.deeds[saved[-1] :] = later
        else:  # it was killed before it could say that there was one
            while self.deeds and self.deeds[-1].step > step:
                self.deeds.pop()
            rollbacks = sum(deed.kind == "rollback" for deed in self.deeds)
            place = Place(rollbacks, step)
        self.place = place

    def _come_into(self, event: State) -> None:
        if event.state == "starting":
            self._starts, self.ending = True, ""
        elif event.state == "running":
            self.ending = ""
            if self._starts:
                self._starts = False
                self.go_on_at(event.step)
        elif event.step:
            self.ending = event.state if event.state != "paused" else ""
            self._come_to(event.step)

    def _forget_lost(self, now: dict[str, Any]) -> None:
        """Take out changes behind the last checkpoint that a killed process did not save: to know
        them, it takes the values that the next change finds.
        """
        while any(self._latest(name, value) != value for name, value in now.items()):
            self.deeds.pop()

    def _latest(self, name: str, otherwise: Any) -> Any:
        """What a hyperparameter was changed to since the last checkpoint."""
        for deed in reversed(self.deeds):
            if deed.kind != "set":
                break
            if name in deed.changes:
                return deed.changes[name]
        return otherwise

    def _come_to(self, step: int) -> None:
        self.place = Place(self.place.rollbacks, step)

    def _add(self, kind: Any, **values: dict[str, Any]) -> None:
        rollbacks, step = self.place
        self.deeds.append(Deed(rollbacks=rollbacks, step=step, kind=kind, **values))

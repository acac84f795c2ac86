"""Taking back the last change of a run's hyperparameters.

One that waits for the start of an epoch is withdrawn; one that was made is followed by a change
to the values of before.
"""

from collections.abc import Container
from typing import Any, NamedTuple

from corpora.errors import ReportedError
from engine.events import Answer, HyperparametersChanged
from gru_tui.runs.command import Command, Inbox, Kind, still_meant
from gru_tui.runs.course import Course, Deed
from gru_tui.runs.follower import Follower
from gru_tui.runs.run import Run


class Undoing(NamedTuple):
    """The command that takes the last change back, and which values it brings or keeps away."""

    kind: Kind
    changes: dict[str, Any]
    details: dict[str, Any]

    @property
    def withdraws(self) -> bool:
        """Whether the change has not been made yet."""
        return self.kind == "withdraw"


def undoing(run: Run) -> Undoing:
    """How the last change of `run` is taken back. Raises ReportedError: nothing is left."""
    course, promised, settled = Course(), set[str](), set[str]()
    for event in Follower(run.events).rest():
        course.take(event)
        if isinstance(event, Answer) and event.ok:
            promised.add(event.command)
        elif isinstance(event, Answer | HyperparametersChanged):
            settled.add(event.command)
    waiting = [command for command in _asked(run, promised) if command.id not in settled]
    if waiting:
        last = waiting[-1]
        return Undoing("withdraw", last.changes, {"target": last.id})
    found = last_change(course)
    if found is None:
        raise ReportedError(
            f"no change of {run.name} is left to undo; its hyperparameters are those that it "
            "began with"
        )
    changes = dict(found.before)
    return Undoing("set", changes, {"changes": changes, "when": "now"})


def last_change(course: Course) -> Deed | None:
    """The last change that was not taken back since; None when there is none left."""
    standing: list[Deed] = []
    for deed in course.deeds:
        if deed.kind != "set":
            continue
        if standing and deed.changes == standing[-1].before:
            standing.pop()
        else:
            standing.append(deed)
    return standing[-1] if standing else None


def _asked(run: Run, promised: Container[str]) -> list[Command]:
    """The changes that were asked for at the start of an epoch, in order; none that is void."""
    commands = [each for each in Inbox(run.path).take() if isinstance(each, Command)]
    return [
        command
        for command in still_meant(commands, promised)
        if command.command == "set" and command.when == "epoch" and command.changes
    ]

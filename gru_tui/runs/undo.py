"""Taking back the last change of a run's hyperparameters.

One that waits for the start of an epoch is withdrawn; one that was made is followed by a change
to the values of before.
"""

from typing import Any, NamedTuple

from corpora.errors import ReportedError
from gru_tui.runs.command import Inbox, Kind
from gru_tui.runs.course import Course, Deed
from gru_tui.runs.past import Past
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
    past = Past.of(run)
    if waiting := past.waiting(Inbox(run.path).take()):
        last = waiting[-1]
        return Undoing("withdraw", last.changes, {"target": last.id})
    found = last_change(past.course)
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

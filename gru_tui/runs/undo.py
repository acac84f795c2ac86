"""Taking back the last change of a run's hyperparameters: by a change to the values of before."""

from typing import Any

from corpora.errors import ReportedError
from gru_tui.runs.course import Course, Deed
from gru_tui.runs.run import Run


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


def inverse(run: Run) -> dict[str, Any]:
    """The changes that take back the last one of `run`. Raises ReportedError: nothing is left."""
    found = last_change(Course.of(run))
    if found is None:
        raise ReportedError(
            f"no change of {run.name} is left to undo; its hyperparameters are those that it "
            "began with"
        )
    return dict(found.before)

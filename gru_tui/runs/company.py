"""Which other runs train at the same time: they share the cores, and a person should know."""

from gru_tui.runs.run import Run
from gru_tui.runs.states import TRAINING
from gru_tui.runs.store import Store

MOST_NAMED = 3


def words(store: Store, run: Run) -> str:
    """A sentence about the other runs that train now; "" when `run` is alone."""
    names = [other.name for other in store.list() if other.id != run.id and _trains(other)]
    if not names:
        return ""
    named = ", ".join(names[:MOST_NAMED]) + (" and others" if len(names) > MOST_NAMED else "")
    verb = "trains" if len(names) == 1 else "train"
    return f"{named} {verb} too: the runs share the cores, and each is slower for it."


def _trains(run: Run) -> bool:
    """A paused run lives, and leaves the cores alone."""
    return run.is_alive() and run.state() in TRAINING

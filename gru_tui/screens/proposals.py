"""What can be done on the Train screen in each state of the run, and the words that say so."""

from gru_tui.draft import Draft
from gru_tui.picture import Picture

WITH_EDITS = frozenset({"apply_now", "apply_at_epoch"})
ALIVE_ONLY = frozenset({"sample_now", "checkpoint_now", "stop"})
WITH_RUN = frozenset({"new_run", "fork"})
START = {
    "starting": "Pause",
    "running": "Pause",
    "paused": "Go on",
    "stopped": "Go on",
    "interrupted": "Go on",
    "failed": "Go on",
    "finished": "Go on",
}


def possible(action: str, picture: Picture | None, draft: Draft) -> bool:
    """Whether that action can do anything now."""
    if action in WITH_EDITS:
        return picture is not None and picture.alive and bool(draft.changes() or draft.faults())
    if action == "undo_edits":
        return draft.touched
    if action in ALIVE_ONLY:
        return picture is not None and picture.alive
    if action in WITH_RUN:
        return picture is not None
    return True


def label(action: str, picture: Picture | None) -> str | None:
    """A better word than the table's for what the key does now."""
    if action == "start_or_pause":
        return START.get(picture.state, "Start") if picture is not None else "Start"
    return None


def hint(picture: Picture | None, draft: Draft, corpus: str) -> str:
    """What one may do next, in a line."""
    if picture is None:
        return f"^s trains on {corpus} with these hyperparameters; c and h lead to other ones."
    if picture.alive and draft.changes():
        return "Changed values are marked *: ^a applies them now, ^e at the next epoch, u undoes."
    words = {
        "starting": "The trainer starts.",
        "running": "h changes hyperparameters while it trains. The run goes on when you leave.",
        "paused": "Paused: ^s goes on.",
        "stopped": "Stopped: ^s goes on from its last checkpoint, n sets up a new run.",
        "interrupted": "The trainer is gone, nothing is lost: ^s goes on from the last checkpoint.",
        "finished": "Finished: 3 writes with the model; n sets up a new run; more epochs and ^s "
        "go on with this one.",
        "failed": "Failed: ^s tries again from the last checkpoint.",
    }.get(picture.state, "")
    if picture.reason and picture.state in {"paused", "failed"}:
        words = f"{words.split(':', maxsplit=1)[0]}: {picture.reason}"
    return words


def empty_chart(picture: Picture | None, corpus: str) -> str:
    """What the chart says as long as there is no curve."""
    if picture is not None:
        return "The first steps are on their way …" if picture.alive else "This run has no steps."
    return (
        "No run yet.\n\n"
        f"^s   train on {corpus}\n"
        "c    choose another corpus\n"
        "o    open a text of your own\n"
        "h    change hyperparameters\n\n"
        "Loss falls here within seconds."
    )


def empty_samples(picture: Picture | None) -> str:
    """What the samples' pane says as long as there is none."""
    if picture is not None and not picture.alive:
        return "This run has written no samples."
    return "What the model writes appears here, from noise to language, as it learns."

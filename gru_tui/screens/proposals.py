"""What can be done on the Train screen in each state of the run, and the words that say so."""

from dataclasses import dataclass

from gru_tui.draft import Draft
from gru_tui.picture import Picture

WITH_EDITS = frozenset({"apply_now", "apply_at_epoch"})
ALIVE_ONLY = frozenset({"sample_now", "checkpoint_now", "stop", *WITH_EDITS})
WITH_RUN = frozenset({"new_run", "fork"})
RUNNING = frozenset({"starting", "running"})
HINTS = {  # each fits into 78 columns
    "starting": "The trainer starts.",
    "running": "h changes hyperparameters while it trains. The run goes on when you leave.",
    "paused": "Paused: ^s goes on.",
    "stopped": "Stopped: ^s goes on from its last checkpoint, n sets up a new run.",
    "interrupted": "The trainer is gone, nothing is lost: ^s goes on from the last checkpoint.",
    "finished": "Finished: 3 writes with it, n sets up a new run; more epochs and ^s go on.",
    "failed": "Failed: ^s tries again from the last checkpoint.",
}


def possible(action: str, picture: Picture | None, draft: Draft) -> bool:
    """Whether that action can do anything now."""
    if action == "undo_edits":
        return draft.touched
    if action in ALIVE_ONLY:
        return picture is not None and picture.alive
    if action in WITH_RUN:
        return picture is not None
    return True


def label(action: str, picture: Picture | None, draft: Draft) -> str | None:
    """A better word than the table's for what the key does now; "" when it is not worth a place."""
    if action in WITH_EDITS:
        return None if draft.changes() or draft.faults() else ""
    if action != "start_or_pause":
        return None
    if picture is None:
        return "Start"
    if picture.state in RUNNING:
        return "Pause"
    return "" if picture.state == "finished" and not goes_beyond(picture, draft) else "Go on"


def goes_beyond(picture: Picture, draft: Draft) -> bool:
    """Whether the bounds in the form leave a finished run something to do."""
    if draft.faults():
        return False
    wanted = draft.hyperparameters()
    done = (
        (wanted.epochs, picture.epoch),
        (wanted.steps, picture.step),
        (wanted.max_seconds, picture.seconds),
    )
    return any(bound for bound, _ in done) and all(bound == 0 or bound > at for bound, at in done)


@dataclass(frozen=True)
class Words:
    """What the panes say. `busy`: a start, a resume or a fork is under way."""

    picture: Picture | None
    draft: Draft
    corpus: str
    busy: bool = False

    @property
    def status(self) -> str:
        """In the place of the figures as long as there are none."""
        return "starting …" if self.busy else "no run yet"

    @property
    def hint(self) -> str:
        """What one may do next, in a line."""
        picture, changed = self.picture, bool(self.draft.changes())
        if self.busy:
            return "The trainer starts: it is a process of its own, and goes on without the app."
        if picture is None:
            words = f"^s trains on {self.corpus} with these hyperparameters"
            return f"{words}; c and h lead to other ones."
        if changed and picture.alive:
            return "Changed fields are marked *: ^a applies now, ^e at the next epoch, u undoes."
        if changed:
            return "Changed fields are marked *: ^s goes on with them, f forks, u undoes."
        words = HINTS.get(picture.state, "")
        if picture.reason and picture.state in {"paused", "failed"}:
            words = f"{words.split(':', maxsplit=1)[0]}: {picture.reason}"
        return words

    @property
    def form(self) -> str:
        """How the form stands, in the few words that its frame has room for."""
        if faults := self.draft.faults():
            return f"{len(faults)} to correct"
        if self.picture is not None and self.draft.changes():
            alive = self.picture.alive
            return "* ^a apply now  ^e at epoch" if alive else "* ^s goes on with these"
        return "» waits for the epoch" if "epoch" in self.draft.waiting.values() else ""

    @property
    def empty_chart(self) -> str:
        """What the chart says as long as there is no curve."""
        if self.picture is not None:
            alive = self.picture.alive
            return "The first steps are on their way …" if alive else "This run has no steps."
        if self.busy:
            return f"Reading {self.corpus} and starting the trainer …"
        return (
            "No run yet.\n\n"
            f"^s   train on {self.corpus}\n"
            "c    choose another corpus\n"
            "o    open a text of your own\n"
            "h    change hyperparameters\n\n"
            "Loss falls here within seconds."
        )

    @property
    def empty_samples(self) -> str:
        """What the samples' pane says as long as there is none."""
        if self.picture is not None and not self.picture.alive:
            return "This run has written no samples."
        return "What the model writes appears here, from noise to language, as it learns."

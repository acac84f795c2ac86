"""What can be done on the Train screen in each state of the run, and the words that say so."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gru_tui.actions import key_of, worded
from gru_tui.draft import Draft
from gru_tui.picture import Picture
from gru_tui.runs.states import TRAINING

WITH_EDITS = frozenset({"apply_now", "apply_at_epoch"})
ALIVE_ONLY = frozenset({"sample_now", "checkpoint_now", "stop", "undo_change", *WITH_EDITS})
WITH_RUN = frozenset({"new_run", "fork"})
OF_A_RUN = ALIVE_ONLY | WITH_RUN | {"find_rate", "demo"}  # they wait until it is known which
NEARLY = 0.9  # of its time has a run had that ends because the time is up
HINTS = {  # each fits into 78 columns with the keys of the table
    "starting": "The trainer starts.",
    "running": "{hyperparameters} changes hyperparameters while it trains. "
    "The run goes on when you leave.",
    "paused": "Paused: {start_or_pause} goes on.",
    "stopped": "Stopped: {start_or_pause} goes on from its last checkpoint, "
    "{new_run} sets up a new run.",
    "interrupted": "The trainer is gone, nothing is lost: {start_or_pause} goes on from the last "
    "checkpoint.",
    "finished": "Finished: {show_generate} writes with it, {new_run} sets up a new run; "
    "a later end and {start_or_pause} go on.",
    "failed": "Failed: {start_or_pause} tries again from the last checkpoint.",
}


def possible(action: str, picture: Picture | None, draft: Draft) -> bool:
    """Whether that action can do anything now."""
    if action == "undo_edits":
        return draft.touched
    if action in ALIVE_ONLY:
        return picture is not None and picture.alive
    if action == "find_rate":
        return picture is None or picture.state not in TRAINING
    if action in WITH_RUN:
        return picture is not None
    return True


def why_not(action: str, picture: Picture | None, draft: Draft) -> str:
    """Why that action can do nothing now, for one that `possible` does not let through."""
    if possible(action, picture, draft):
        return ""
    if action == "undo_edits":
        return "No field has been changed."
    if picture is None:
        return worded("No run is shown here; {start_or_pause} starts one, {show_runs} shows all.")
    if action == "stop":
        return f"{picture.name} is {picture.state}; there is nothing to stop."
    if action == "find_rate":
        return picture.name + worded(" trains; stop it ({train.stop}) to find a learning rate.")
    return f"{picture.name} is {picture.state}; that is for a run that trains or is paused."


def label(action: str, picture: Picture | None, draft: Draft) -> str | None:
    """A better word than the table's for what the key does now; "" when it is not worth a place."""
    if action in WITH_EDITS:
        return None if draft.changes() or draft.faults() else ""
    if action != "start_or_pause":
        return None
    if picture is None:
        return "Start"
    if picture.state in TRAINING:
        return "Pause"
    return "" if picture.state == "finished" and not goes_beyond(picture, draft) else "Go on"


def goes_beyond(picture: Picture, draft: Draft) -> bool:
    """Whether the bounds in the form leave a finished run something to do."""
    if draft.faults():
        return False
    wanted, in_force = draft.hyperparameters().to_mapping(), picture.hyperparameters
    done = {"epochs": picture.epoch, "steps": picture.step, "max_seconds": picture.seconds}
    if any(0 < wanted[name] <= at for name, at in done.items()):
        return False
    if any(0 < in_force.get(name, 0) <= done[name] for name in ("epochs", "steps")):
        return True
    # A time ends a run a little before it is up, to leave some for the last validation, and
    # patience at no place that one could know: nothing is left unless that one has grown.
    patient = in_force.get("patience", 0) > 0
    time_is_up = picture.seconds >= NEARLY * in_force.get("max_seconds", 0) > 0
    name = "patience" if patient and not time_is_up else "max_seconds"
    return in_force.get(name, 0) > 0 and not 0 < wanted[name] <= in_force[name]


def command_lines(
    picture: Picture | None, draft: Draft, source: str, data_dir: Path | None
) -> tuple[tuple[str, str], ...]:
    """What the form says as commands, each behind what it does. The draft has no faults."""
    from gru_tui.command_line import fork_line, set_line, train_line

    begin = train_line(source, draft.hyperparameters(), data_dir)
    if picture is None:
        return (("Starts this run:", begin),)
    if not draft.changes():
        return ((f"Starts a run like {picture.name}:", begin),)
    if picture.alive:
        line = set_line(picture.run_id, draft.changes(), "now", data_dir)
        first = (f"Makes the changes to {picture.name}:", line)
    else:
        line = fork_line(picture.run_id, draft.changes(anew=True), data_dir)
        first = (f"Begins a fork of {picture.name} with the changes:", line)
    return (first, ("Starts a run of what the form says:", begin))


# What is not there yet: a list of all runs, the run that is to be shown, or a trainer, because a
# start, a resume or a fork is under way.
Waited = Literal["runs", "run", "trainer"]
STATUS_OF: dict[Waited, str] = {
    "runs": "looking for runs …",
    "run": "opening …",
    "trainer": "starting …",
}
HINT_OF: dict[Waited, str] = {
    "runs": "Looking for runs …",
    "run": "The run is being opened …",
    "trainer": "The trainer starts: it is a process of its own, and goes on without the app.",
}


@dataclass(frozen=True)
class Words:
    """What the panes say."""

    picture: Picture | None
    draft: Draft
    corpus: str
    waiting_for: Waited | None = None
    setting_up: bool = False  # where there have been runs: no beginner has to be welcomed

    @property
    def status(self) -> str:
        """In the place of the figures as long as there are none."""
        if self.waiting_for:
            return STATUS_OF[self.waiting_for]
        return "new run" if self.setting_up else "no run yet"

    @property
    def hint(self) -> str:
        """What one may do next, in a line."""
        picture, changed = self.picture, bool(self.draft.changes())
        if self.waiting_for:
            return HINT_OF[self.waiting_for]
        if picture is None:
            words = f"{key_of('start_or_pause')} trains on {self.corpus} with these hyperparameters"
            return words + worded("; {train.corpus} and {hyperparameters} lead to other ones.")
        if changed and picture.alive:
            return worded(
                "Changed fields are marked *: {apply_now} applies now, {apply_at_epoch} at the "
                "next epoch, {undo_edits} undoes."
            )
        if changed:
            return worded(
                "Changed fields are marked *: {start_or_pause} goes on with them, {train.fork} "
                "forks, {undo_edits} undoes."
            )
        words = worded(HINTS.get(picture.state, ""))
        if picture.reason and picture.state in {"paused", "failed"}:
            words = f"{words.split(':', maxsplit=1)[0]}: {picture.reason}"
        if picture.reason and picture.state == "interrupted":
            # The key first: of a long reason the end is cut off.
            words = f"Interrupted: {key_of('start_or_pause')} goes on ({picture.reason})."
        return words

    @property
    def form(self) -> str:
        """How the form stands, in the few words that its frame has room for."""
        if faults := self.draft.faults():
            return f"{len(faults)} to correct"
        if self.picture is not None and self.draft.changes():
            alive = self.picture.alive
            now = "* {apply_now} apply now  {apply_at_epoch} at epoch"
            return worded(now if alive else "* {start_or_pause} goes on with these")
        return "» waits for the epoch" if "epoch" in self.draft.waiting.values() else ""

    @property
    def empty_chart(self) -> str:
        """What the chart says as long as there is no curve."""
        if self.picture is not None:
            if self.picture.loss is not None:  # it has steps: their curves are being drawn
                return HINT_OF["run"]
            alive = self.picture.alive
            return "The first steps are on their way …" if alive else "This run has no steps."
        if self.waiting_for == "trainer":
            return f"Reading {self.corpus} and starting the trainer …"
        if self.waiting_for:
            return HINT_OF[self.waiting_for]
        head, other = "No run yet.", f"{_column('demo')}see a small model learn, with a short tour"
        if self.setting_up:
            head, other = "A new run.", f"{_column('show_runs')}see all runs"
        return (
            f"{head}\n\n"
            f"{_column('start_or_pause')}train on {self.corpus}\n"
            f"{other}\n"
            f"{_column('train.corpus')}choose another corpus\n"
            f"{_column('open_text')}open a text of your own\n"
            f"{_column('hyperparameters')}change hyperparameters\n\n"
            "Loss falls here within seconds."
        )

    @property
    def empty_samples(self) -> str:
        """What the samples' pane says as long as there is none."""
        if self.picture is not None and not self.picture.alive:
            return "This run has written no samples."
        return "What the model writes appears here, from noise to language, as it learns."


def _column(identity: str) -> str:
    return key_of(identity).ljust(5)

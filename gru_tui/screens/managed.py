"""What can be done with the run under the cursor: the part of the Runs screen that acts."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from textual import on, work
from textual.message import Message
from textual.screen import Screen

from corpora.errors import ReportedError
from gru_tui.actions import key_of
from gru_tui.generation.shelf import CheckpointShelf, Kept
from gru_tui.listing import control as run_control
from gru_tui.listing.rows import RunRow
from gru_tui.panes.messages import failure
from gru_tui.screens.dialogs import Confirm, Prompt
from gru_tui.screens.fork import Fork, ForkDialog
from gru_tui.screens.run_offers import name_fault, note_fault, tags_fault
from gru_tui.visible import visible

if TYPE_CHECKING:
    from gru_tui.app import GruTui


Shelved = tuple[RunRow, tuple[Kept, ...]]  # a run, and its checkpoints
Ask = Callable[[Sequence[Shelved]], None]


class ManagedScreen(Screen[None]):
    """Asks where it must, acts in a thread, and says how it went."""

    @dataclass
    class Done(Message):
        """Something that was asked for a run has been done, or could not be."""

        words: str
        failed: bool = False

    @dataclass
    class Read(Message):
        """What the runs have kept, for a dialog to ask with; None: they could not be read."""

        ask: Ask | None = None
        found: Sequence[Shelved] = ()

    def __init__(self) -> None:
        super().__init__()
        self._forked = False  # a new run is about to appear: the cursor goes there

    @abstractmethod
    def _selected(self) -> RunRow | None:
        """The run under the cursor."""

    @abstractmethod
    def look_again(self) -> None:
        """Look at the runs."""

    @property
    def _gru_tui(self) -> "GruTui":
        return cast("GruTui", self.app)

    def action_resume_run(self) -> None:
        """Go on with it."""
        row = self._selected()
        if row is not None and row.state in {"running", "starting"}:
            self._refuse(f"{row.name} is {row.state} already.")
        elif row is not None:
            self._do(run_control.resume, row.id)

    def action_pause_run(self) -> None:
        """Hold it between two steps."""
        self._ask_alive("pause")

    def action_stop_run(self) -> None:
        """Let it save a checkpoint and end."""
        self._ask_alive("stop")

    def _ask_alive(self, kind: str) -> None:
        row = self._selected()
        if row is not None and not row.alive:
            self._refuse(f"{row.name} is {row.state}; there is nothing to {kind}.")
        elif row is not None:
            self._do(run_control.ask, row.id, kind)

    def action_rename_run(self) -> None:
        """Ask for another name."""
        row = self._selected()
        if row is not None and not row.fault:
            prompt = Prompt(
                f"Rename {row.name}",
                "Names need not be unique; the id stays as it is.",
                value=row.name,
                check=name_fault,
                yes="Rename",
            )
            self.app.push_screen(prompt, self._with_text(run_control.rename, row))

    def action_note_run(self) -> None:
        """Ask for a line about it."""
        row = self._selected()
        if row is not None and not row.fault:
            prompt = Prompt(
                f"Note on {row.name}",
                value=row.note,
                placeholder="what this run was to find out",
                check=note_fault,
                yes="Keep",
            )
            self.app.push_screen(prompt, self._with_text(run_control.note, row))

    def action_tag_run(self) -> None:
        """Ask for its tags."""
        row = self._selected()
        if row is not None and not row.fault:
            prompt = Prompt(
                f"Tags of {row.name}",
                "Short words, with a blank between two; the filter tag:x finds them.",
                value=" ".join(row.tags),
                placeholder="as in baseline night",
                check=tags_fault,
                yes="Keep",
            )
            self.app.push_screen(prompt, self._with_text(run_control.tag, row))

    def action_pin_run(self) -> None:
        """Keep it above the others, or no longer."""
        row = self._selected()
        if row is not None and not row.fault:
            self._do(run_control.pin, row.id, not row.pinned)

    def _with_text(self, act: Callable[..., str], row: RunRow) -> Callable[[str | None], None]:
        def answered(text: str | None) -> None:
            if text is not None:
                self._do(act, row.id, text.strip())

        return answered

    def action_delete_run(self) -> None:
        """Ask, then delete it; one that is alive has to be stopped first."""
        row = self._selected()
        if row is None:
            return
        if row.alive:
            stop = key_of("stop_run")
            self._refuse(f"{row.name} is {row.state}; stop it ({stop}) before you delete it.")
            return
        question = Confirm(
            f"Delete {row.name}?",
            f"Its checkpoints, its history and its note are lost. ({row.id})",
            yes="Delete",
            no="Keep",
            dangerous=True,
        )

        def answered(yes: bool | None) -> None:
            if yes:
                self._gru_tui.context.deleted.add(row.id)
                self._do(run_control.delete, row.id)

        self.app.push_screen(question, answered)

    def action_fork_run(self) -> None:
        """Ask from where and how, then begin the new run."""
        row = self._selected()
        if row is not None and not row.fault:
            self._with_checkpoints([row], self._ask_for_fork)

    def _ask_for_fork(self, found: Sequence[Shelved]) -> None:
        ((row, kept),) = found
        if all(one.fault for one in kept):
            self._refuse(f"{row.name} has no checkpoint to fork from.")
            return

        def answered(fork: Fork | None) -> None:
            if fork is not None:
                self._forked = True
                self._do(run_control.fork, row.id, fork.checkpoint, fork.changes)

        # The last one of a run that failed may be what made it fail.
        begin_at = "best" if row.state == "failed" else "last"
        self.app.push_screen(ForkDialog(row.name, kept, row.hyperparameters, begin_at), answered)

    # --- what a dialog offers, read off the event loop ---

    def _with_checkpoints(self, rows: Sequence[RunRow], ask: Ask) -> None:
        """Read what these runs have kept, and ask; keys that follow are for the dialog."""
        self._gru_tui.hold_keys()
        self._read_shelves(rows, ask)

    @work(thread=True, group="shelf")
    def _read_shelves(self, rows: Sequence[RunRow], ask: Ask) -> None:
        store = self._gru_tui.context.store
        try:
            found = [(row, CheckpointShelf().of(store.get(row.id).path)) for row in rows]
        except ReportedError as error:
            self.post_message(self.Done(str(error), failed=True))
            self.post_message(self.Read())
        else:
            self.post_message(self.Read(ask, found))

    @on(Read)
    def put_question(self, event: Read) -> None:
        """Unless whoever asked for the dialog has gone elsewhere."""
        if event.ask is not None and self.is_current:
            event.ask(event.found)
        self._gru_tui.release_keys()

    # --- doing it, off the event loop ---

    @work(thread=True, group="do")
    def _do(self, act: Callable[..., str], run_id: str, *details: object) -> None:
        try:
            words = act(self._gru_tui.context.store, run_id, *details)
        except ReportedError as error:
            self.post_message(self.Done(str(error), failed=True))
        except OSError as error:
            self.post_message(self.Done(failure(error), failed=True))
        else:
            self.post_message(self.Done(words))

    @on(Done)
    def tell(self, event: Done) -> None:
        """Say how it went, and look at once what has changed."""
        self._forked = self._forked and not event.failed
        severity: Literal["error", "information"] = "error" if event.failed else "information"
        self.notify(visible(event.words), severity=severity, markup=False)
        self.look_again()

    def _refuse(self, words: str) -> None:
        self.notify(visible(words), severity="warning", markup=False)

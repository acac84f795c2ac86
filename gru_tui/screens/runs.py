"""The Runs screen: every run at a glance, and what can be done with the one under the cursor."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import ActiveBinding, BindingType
from textual.containers import Container
from textual.events import ScreenResume
from textual.message import Message
from textual.screen import Screen
from textual.widgets import DataTable, Static

from corpora.errors import ReportedError
from gru_tui import run_control
from gru_tui.actions import Scope
from gru_tui.panes.keyline import KeyLine
from gru_tui.panes.messages import LookFailed, Told
from gru_tui.panes.run_detail import RunDetail
from gru_tui.panes.run_table import RunTable
from gru_tui.panes.topbar import TopBar
from gru_tui.run_list import RunList, RunRow
from gru_tui.screens.dialogs import Confirm, Prompt
from gru_tui.screens.fork import Fork, ForkDialog
from gru_tui.screens.keys import bindings
from gru_tui.screens.run_offers import idle_actions, name_fault, note_fault
from gru_tui.shelf import Kept, Shelf
from gru_tui.visible import visible

if TYPE_CHECKING:
    from gru_tui.app import GruTui

WIDTHS, HEIGHTS = [(0, "-narrow"), (160, "-wide")], [(0, "-low"), (32, "-tall")]
LOOK_SECONDS = 1.5

EMPTY = (
    "No runs yet.\n\nPress 1, choose a text and start: the run appears here, trains on when the "
    "app is closed, and can be paused, resumed, forked and written with."
)


class RunsScreen(Screen[None]):
    """Looks at the runs in a thread from time to time, as long as it is seen."""

    SCOPE: ClassVar[Scope] = "runs"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("runs")]
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    DEFAULT_CSS = """
    RunsScreen {
        #runs-body { height: 1fr; layout: vertical; }
        #run-detail { height: 7; }
        #no-runs { padding: 2 4; height: 1fr; color: $text-muted; display: none; }
        &.-tall #run-detail { height: 17; }
        &.-wide #runs-body { layout: horizontal; }
        &.-wide RunTable { width: 1fr; height: 1fr; }
        &.-wide #run-detail { width: 60; height: 1fr; }
        &.-empty #no-runs { display: block; }
        &.-empty RunTable, &.-empty #run-detail { display: none; }
    }
    """

    @dataclass
    class Looked(Message):
        """The runs as they stand now, newest first."""

        rows: tuple[RunRow, ...]

        def can_replace(self, message: Message) -> bool:
            """Only the last look counts."""
            return isinstance(message, RunsScreen.Looked)

    @dataclass
    class Done(Message):
        """Something that was asked for a run has been done, or could not be."""

        words: str
        failed: bool = False

    def __init__(self) -> None:
        super().__init__()
        self._list = RunList()
        self._looking = False
        self._fault = ""  # why the last look failed
        self._known: frozenset[str] = frozenset()  # the ids of the last look
        self._forked = False  # a new run is about to appear: the cursor goes there
        self._idle: frozenset[str] = frozenset()

    def compose(self) -> ComposeResult:
        """The table, and what it says too little about."""
        yield TopBar("runs")
        yield Static(EMPTY, id="no-runs", markup=False)
        with Container(id="runs-body"):
            yield RunTable(id="runs")
            yield RunDetail(id="run-detail")
        yield KeyLine()

    def on_mount(self) -> None:
        """The table has the focus: no field is on this screen."""
        self.query_one(RunTable).focus()
        self.set_interval(LOOK_SECONDS, self.look_again)

    @on(ScreenResume)
    def look_again(self) -> None:
        """Look at the runs, unless that is going on or nobody would see it."""
        if self.is_current and not self._looking:
            self._looking = True
            self._look()

    @work(thread=True, group="look")
    def _look(self) -> None:
        try:
            rows = self._list.rows(self._gru_tui.context.store)
        except ReportedError as error:
            self.post_message(LookFailed(str(error)))
        else:
            self.post_message(self.Looked(rows))

    @on(LookFailed)
    def tell_once(self, event: LookFailed) -> None:
        """Say what is wrong, not again every second."""
        self._looking = False
        if event.fault != self._fault:
            self._fault = event.fault
            self.post_message(Told(event.fault, "error"))

    @on(Looked)
    def show(self, event: Looked) -> None:
        """Show them without moving the cursor off its run, unless a fork of it has begun."""
        self._looking = False
        self.set_class(not event.rows, "-empty")
        table = self.query_one(RunTable)
        table.show(event.rows)
        if self._forked and event.rows and event.rows[0].id not in self._known:
            self._forked = False
            table.move_cursor(row=0)
        self._known = frozenset(row.id for row in event.rows)
        self.show_selected()

    @on(DataTable.RowHighlighted)
    def show_selected(self) -> None:
        """Describe the run under the cursor, and offer what can be done with it."""
        row = self._selected()
        self.query_one(RunDetail).show(row)
        idle = idle_actions(row.state if row is not None else "")
        if idle != self._idle:
            self._idle = idle
            self.refresh_bindings()

    @property
    def _gru_tui(self) -> "GruTui":
        return cast("GruTui", self.app)

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """For the footer: only what makes sense for the run under the cursor.

        The other keys still work: they say why they do nothing.
        """
        row = self._selected()
        idle = idle_actions(row.state if row is not None else "")
        found = super().active_bindings
        return {key: active for key, active in found.items() if active.binding.action not in idle}

    def _selected(self) -> RunRow | None:
        return self.query_one(RunTable).selected

    # --- what can be done with a run ---

    @on(DataTable.RowSelected)
    async def action_open_run(self) -> None:
        """Show it on the Train screen."""
        row = self._selected()
        if row is not None and row.fault:
            self._refuse(f"{row.name} cannot be opened: {row.fault}")
        elif row is not None:
            await self._gru_tui.open_run(row.id)

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
            self._refuse(f"{row.name} is {row.state}; stop it (x) before you delete it.")
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
                self._do(run_control.delete, row.id)

        self.app.push_screen(question, answered)

    @work(thread=True, group="fork")
    def action_fork_run(self) -> None:
        """Ask from where and how, then begin the new run."""
        row = self._selected()
        if row is None or row.fault:
            return
        try:
            run = self._gru_tui.context.store.find(row.id)
            kept = Shelf().of(run.path)
        except ReportedError as error:
            self.post_message(self.Done(str(error), failed=True))
            return
        self.app.call_from_thread(self._ask_for_fork, row, kept)

    def _ask_for_fork(self, row: RunRow, kept: tuple[Kept, ...]) -> None:
        if not any(not one.fault for one in kept):
            self._refuse(f"{row.name} has no checkpoint to fork from.")
            return

        def answered(fork: Fork | None) -> None:
            if fork is not None:
                self._forked = True
                self._do(run_control.fork, row.id, fork.checkpoint, fork.changes)

        self.app.push_screen(ForkDialog(row.name, kept, row.hyperparameters), answered)

    # --- doing it, off the event loop ---

    @work(thread=True, group="do")
    def _do(self, act: Callable[..., str], run_id: str, *details: object) -> None:
        try:
            words = act(self._gru_tui.context.store, run_id, *details)
        except ReportedError as error:
            self.post_message(self.Done(str(error), failed=True))
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

"""The Runs screen: every run at a glance, found by filter and order, compared and acted upon."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import ActiveBinding, BindingType
from textual.containers import Container
from textual.events import ScreenResume
from textual.message import Message
from textual.widgets import DataTable, Static

from corpora.errors import ReportedError
from gru_tui.actions import Scope, worded
from gru_tui.listing import filter as run_filter
from gru_tui.listing.filter import RunFilter
from gru_tui.listing.rows import RunList, RunRow
from gru_tui.panes.filter_line import FilterLine
from gru_tui.panes.keyline import KeyLine
from gru_tui.panes.messages import LookFailed, Told
from gru_tui.panes.run_detail import RunDetail
from gru_tui.panes.run_table import ORDERS, Order, RunTable
from gru_tui.panes.topbar import TopBar
from gru_tui.screens.compared import ComparedScreen, Comparison
from gru_tui.screens.keys import bindings
from gru_tui.screens.paned import PanedScreen
from gru_tui.screens.run_offers import idle_actions

WIDTHS = [(0, "-narrow"), (110, "-middle"), (160, "-wide")]
HEIGHTS = [(0, "-lowest"), (16, "-low"), (32, "-tall")]
FOR_TWO = 22  # lines that the runs and what is said of them need
LOOK_SECONDS = 1.5

EMPTY = (
    "No runs yet.\n\nPress {show_train}, choose a text and start: the run appears here, trains on "
    "when the app is closed, and can be paused, resumed, forked and written with."
)
NONE_FITS = "No run fits this filter; {step_back} clears it."


class RunsScreen(ComparedScreen, PanedScreen):
    """Looks at the runs in a thread from time to time, as long as it is seen."""

    # Else a screen that comes back from a dialog types into the filter, though it is not seen.
    AUTO_FOCUS = ""
    SCOPE: ClassVar[Scope] = "runs"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("runs")]
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    DEFAULT_CSS = """
    RunsScreen {
        #runs-body { height: 1fr; layout: vertical; }
        #run-detail { height: 7; }
        &.-lowest #run-detail, &.-one.-alone RunTable { display: none; }
        &.-one.-alone #run-detail { height: 1fr; display: block; }
        &.-one.-alone.-comparing #run-detail { display: none; }
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

    def __init__(self) -> None:
        super().__init__()
        self._list = RunList()
        self._looking = False
        self._fault = ""  # why the last look failed
        self._rows: tuple[RunRow, ...] = ()  # of the last look, newest first
        self._known: dict[str, RunRow] = {}
        self._filter = RunFilter()
        self._order = Order()
        self._idle: frozenset[str] = frozenset()

    def compose(self) -> ComposeResult:
        """The table, and what it says too little about."""
        yield TopBar("runs")
        yield FilterLine(id="filter-line")
        yield Static(worded(EMPTY), id="no-runs", markup=False)
        with Container(id="runs-body"):
            yield RunTable(id="runs")
            yield RunDetail(id="run-detail")
            yield Comparison(id="comparison")
        yield KeyLine()

    def on_mount(self) -> None:
        """The table has the focus: letters are keys until a filter is typed."""
        self.query_one(RunTable).focus()
        self.set_interval(LOOK_SECONDS, self.look_again)

    @property
    def cramped(self) -> bool:
        """Whether the panes take turns."""
        return self.size.width < 110 and self.size.height < FOR_TWO

    @property
    def turns(self) -> dict[str, str]:
        """The runs with a part of the rest, and the rest alone."""
        if self._selection.ids:
            return {"": "Runs", "-alone -table": "Differences", "-alone": "Chart"}
        return {"": "Runs", "-alone": "Details"}

    def take_turn(self, turn: str) -> None:
        """The keys of the table work as long as it is seen, those of the runs always."""
        super().take_turn(turn)
        self.set_focus(None if turn else self.query_one(RunTable))

    def label_now(self, action: str) -> str | None:
        """A better word for what a key does now."""
        return self.name_of_next(action)

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
        self._looking, self._fault = False, ""
        before, self._rows = self._known, event.rows
        self._known = {row.id: row for row in event.rows}
        self._selection.keep_only(self._known)
        self._show_rows()
        if self._forked and event.rows and event.rows[0].id not in before:
            self._forked = False
            self._move_to(event.rows[0].id)
        self._show_comparison()
        self.show_selected()

    @property
    def _known_runs(self) -> Mapping[str, RunRow]:
        return self._known

    def _show_rows(self) -> None:
        """Those that the filter leaves, in the order that was asked for."""
        kept = [row for row in self._rows if self._filter.keeps(row)]
        rows = run_filter.ordered(kept, self._order.column, reverse=self._order.reverse)
        self.set_class(not rows, "-empty")
        if not rows:
            words = worded(NONE_FITS if self._rows else EMPTY)
            self.query_one("#no-runs", Static).update(words)
        baseline = self._compared[0] if self._selection.ids else None
        table = self.query_one(RunTable)
        table.show(rows, self._selection, self._order, baseline)
        if rows and self.focused is None and not self.turn:
            table.focus()  # it had to go away while there were none
        self.query_one(FilterLine).show_count(len(rows), len(self._rows))

    def _move_to(self, run_id: str) -> None:
        table = self.query_one(RunTable)
        if run_id in table.rows:
            table.move_cursor(row=table.get_row_index(run_id))

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

    @on(DataTable.RowSelected)
    async def action_open_run(self) -> None:
        """Show it on the Train screen."""
        row = self._selected()
        if row is not None and row.fault:
            self._refuse(f"{row.name} cannot be opened: {row.fault}")
        elif row is not None:
            await self._gru_tui.open_run(row.id)

    # --- which runs, and in which order ---

    def action_filter_runs(self) -> None:
        """Type which runs are to be seen."""
        self.query_one(FilterLine).open()

    @on(FilterLine.Changed)
    def narrow(self, event: FilterLine.Changed) -> None:
        """Show those, at once."""
        self._filter = event.filter
        self._show_rows()
        self.show_selected()

    @on(FilterLine.Left)
    def return_to_table(self) -> None:
        """Letters are keys again."""
        self.query_one(RunTable).focus()

    def action_sort_runs(self) -> None:
        """By the next of the columns that are seen."""
        heads = self.query_one(RunTable).orders
        place = heads.index(self._order.head) if self._order.head in heads else -1
        self._order_by(Order(heads[(place + 1) % len(heads)]) if heads else Order())

    def action_reverse_order(self) -> None:
        """The other way round."""
        self._order_by(Order(self._order.head, not self._order.reverse))

    @on(DataTable.HeaderSelected)
    def sort_by_head(self, event: DataTable.HeaderSelected) -> None:
        """A click on a column's head orders by it; another one turns that round."""
        head = str(event.column_key.value)
        if head in ORDERS:
            again = head == self._order.head
            self._order_by(Order(head, again and not self._order.reverse))

    def _order_by(self, order: Order) -> None:
        self._order = order
        self._show_rows()

    def action_step_back(self) -> None:
        """Out of the filter; else out of the comparison."""
        line = self.query_one(FilterLine)
        if line.has_class("-open"):
            line.clear()
        elif self._selection.ids:
            self._selection.clear()
            self._show_rows()
            self._show_comparison()
            self.show_selected()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Escape is shown only where there is something to leave."""
        if action != "step_back":
            return True
        return bool(self._selection.ids) or self.query_one(FilterLine).has_class("-open")

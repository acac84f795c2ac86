"""The table of all runs: refreshed under the cursor without losing it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.coordinate import Coordinate
from textual.widgets import DataTable

from gru_tui.curves.comparison import Selection, delta_figure
from gru_tui.curves.sparkline import sparkline
from gru_tui.figures import duration
from gru_tui.listing.rows import RunRow
from gru_tui.marks import COLOURS, marked
from gru_tui.panes.run_colours import run_colour
from gru_tui.table import cut
from gru_tui.visible import visible_line

ROOMY = 108  # columns from which on the wider table fits; it shrinks a column at a time


@dataclass(frozen=True)
class RunColumn:
    """One column: its head, its width without and with room, and what stands in it.

    A width of 0 leaves the column out; that of the name is what the others leave. Where there
    is not even room for the narrow ones, those in FIRST_TO_GO go in its order.
    """

    head: str
    narrow: int
    wide: int
    cell: Callable[[RunRow, int], str]
    right: bool = False


def _number(value: float | None, pattern: str) -> str:
    return "-" if value is None else format(value, pattern)


def _age(created: float) -> str:
    """The first unit alone: 7 min, 25 h, 3 d."""
    return " ".join(duration(time.time() - created).split()[:2]) if created else "-"


def _begun(row: RunRow) -> str:
    return f"{row.parent.split(' at step')[0]} @{row.parent_step:,}" if row.parent else ""


def _named(row: RunRow) -> str:
    """A fork leans on an arrow."""
    return f"↳ {row.name}" if row.parent else row.name


def _nothing(row: RunRow, width: int) -> str:
    return ""  # what stands there, only the table knows


COLUMNS = (
    RunColumn("", 2, 2, _nothing),  # marker of a selected run, arrow of a pinned one
    RunColumn("state", 13, 13, lambda row, _: marked(row.state)),
    RunColumn("name", 12, 12, lambda row, _: _named(row)),
    RunColumn("from", 0, 16, lambda row, _: _begun(row)),
    RunColumn("tags", 0, 12, lambda row, _: " ".join(row.tags)),
    RunColumn("corpus", 11, 20, lambda row, _: row.corpus),
    RunColumn("model", 11, 13, lambda row, _: row.model),
    RunColumn("epoch", 5, 6, lambda row, _: _number(row.epoch, ".1f"), right=True),
    RunColumn("step", 0, 9, lambda row, _: _number(row.step, ","), right=True),
    RunColumn("best", 6, 7, lambda row, _: _number(row.best, ".3f"), right=True),
    RunColumn("Δ best", 6, 7, _nothing, right=True),
    RunColumn("loss", 6, 16, lambda row, width: sparkline(row.curve, width)),
    RunColumn("age", 6, 6, lambda row, _: _age(row.created), right=True),
)
HEADS = tuple(column.head for column in COLUMNS)
LEAST_NAME, WANTED_NAME, ROOMY_NAME = 8, 15, 24
MARK, DELTA = "", "Δ best"
FIRST_TO_GO = ("loss", "age", "model", "epoch", "corpus")  # where even the narrow table is too wide
FIRST_TO_SHRINK = ("corpus", "loss", "step", "model", "tags", "from")
FIRST_TO_GROW = {"corpus": 20, "from": 24, "tags": 36}  # once the name has room enough
# What a column is called in the language of filters and orders.
ORDERS = {
    "state": "state",
    "name": "name",
    "from": "forked_from",
    "tags": "tag",
    "corpus": "corpus",
    "model": "model",
    "epoch": "epoch",
    "step": "step",
    "best": "best",
    "age": "age",
}
ASCENDING, DESCENDING = "▲", "▼"
PINNED = "↑"


@dataclass(frozen=True)
class Order:
    """By which column, and whether from the greatest down. The youngest first is the default."""

    head: str = "age"
    reverse: bool = False

    @property
    def column(self) -> str:
        """Its name in the language of filters."""
        return ORDERS[self.head]


class RunTable(DataTable[Text], inherit_bindings=False):
    """One row a run, keyed by its id. Enter belongs to the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "cursor_up", "Up", show=False),
        Binding("down,j", "cursor_down", "Down", show=False),
        Binding("pageup", "page_up", "Page up", show=False),
        Binding("pagedown", "page_down", "Page down", show=False),
        Binding("home", "scroll_top", "First", show=False),
        Binding("end", "scroll_bottom", "Last", show=False),
    ]

    DEFAULT_CSS = """
    RunTable {
        height: 1fr;
        padding: 0 0 0 1;
        background: $background;
        scrollbar-size-vertical: 1;
        overflow-x: hidden;
        & > .datatable--header, &:ansi > .datatable--header {
            background: $background; color: $text-muted; text-style: none;
        }
        &:focus { background-tint: transparent; }
        &:focus > .datatable--header { background-tint: transparent; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, cursor_type="row", cell_padding=0, zebra_stripes=False)
        self._rows: tuple[RunRow, ...] = ()
        self._widths: tuple[int, ...] = ()
        self._order = Order()
        self._selection = Selection()
        self._baseline: RunRow | None = None
        self._drawn_for: tuple[object, ...] = ()  # what all cells have in common

    def on_mount(self) -> None:
        """The cells have their colours from the theme."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._show_again())

    @property
    def selected(self) -> RunRow | None:
        """The run under the cursor."""
        if 0 <= self.cursor_row < len(self._rows):
            return self._rows[self.cursor_row]
        return None

    @property
    def orders(self) -> tuple[str, ...]:
        """The heads of the columns that are shown and that can be an order."""
        shown = zip(HEADS, self._widths, strict=False)
        return tuple(head for head, width in shown if width and head in ORDERS)

    def on_resize(self) -> None:
        """Columns come and go with the room."""
        if self._widths != _widths(self.size.width, self._absent()):
            self._lay_out()

    def show(
        self,
        rows: Sequence[RunRow],
        selection: Selection | None = None,
        order: Order | None = None,
        baseline: RunRow | None = None,
    ) -> None:
        """Show these runs; the cursor stays on its run, and the scroll position where it is."""
        under, before, self._rows = self.selected, self._rows, tuple(rows)
        reordered = order is not None and order != self._order
        self._order = order or self._order
        self._selection = selection or self._selection
        ground = self.background_colors[1]
        drawn_for = (self._selection.ids, baseline, self.app.theme, ground)
        redrawn = drawn_for != self._drawn_for
        self._drawn_for, self._baseline = drawn_for, baseline
        widths = _widths(self.size.width, self._absent())
        same = [row.id for row in before] == [row.id for row in rows]
        if not self._widths or not same or widths != self._widths or reordered:
            self._lay_out(under.id if under is not None else None, follow=reordered)
            return
        shown = [column for column, width in zip(COLUMNS, self._widths, strict=True) if width]
        for place, row in enumerate(self._rows):
            for number, column in enumerate(shown):
                if redrawn or row != before[place] or column.head == "age":
                    self._update(Coordinate(place, number), column, row)

    def _show_again(self) -> None:
        self.show(self._rows, baseline=self._baseline)

    def _absent(self) -> frozenset[str]:
        """Columns that would be empty."""
        absent = set()
        if not self._selection.ids and not any(row.pinned for row in self._rows):
            absent.add(MARK)
        if len(self._selection.ids) < 2:
            absent.add(DELTA)
        if not any(row.parent for row in self._rows):
            absent.add("from")
        if not any(row.tags for row in self._rows):
            absent.add("tags")
        return frozenset(absent)

    def _update(self, at: Coordinate, column: RunColumn, row: RunRow) -> None:
        cell = self._cell(column, row, self._widths[COLUMNS.index(column)])
        if self.get_cell_at(at) != cell:
            self.update_cell_at(at, cell)

    def _lay_out(self, chosen: str | None = None, *, follow: bool = False) -> None:
        if chosen is None and self.selected is not None:
            chosen = self.selected.id
        scrolled = self.scroll_y
        self._widths = _widths(self.size.width, self._absent())
        self.clear(columns=True)
        for column, width in zip(COLUMNS, self._widths, strict=True):
            if width:
                head = Text(_placed(cut(self._head(column), width), column, width))
                self.add_column(head, width=width + 1, key=column.head)
        for row in self._rows:
            self.add_row(*self._cells(row), key=row.id)
        ids = [row.id for row in self._rows]
        if chosen in ids:
            self.move_cursor(row=ids.index(chosen), animate=False, scroll=follow)
            if not follow:
                self.scroll_to(y=scrolled, animate=False, immediate=True)

    def _head(self, column: RunColumn) -> str:
        if column.head != self._order.head:
            return column.head
        return column.head + (DESCENDING if self._order.reverse else ASCENDING)

    def _cells(self, row: RunRow) -> list[Text]:
        return [
            self._cell(column, row, width)
            for column, width in zip(COLUMNS, self._widths, strict=True)
            if width
        ]

    def _cell(self, column: RunColumn, row: RunRow, width: int) -> Text:
        words = cut(visible_line(self._words(column, row, width)), width)
        text = Text(_placed(words, column, width), no_wrap=True, end="")
        place = self._selection.place(row.id)
        if column.head == MARK and place is not None:
            text.stylize(run_colour(place, self.background_colors[1]).hex, 0, 1)
        elif column.head == "state":
            text.stylize(self.app.theme_variables.get(COLOURS.get(row.state, ""), ""))
        elif column.head == "loss":
            text.stylize(self.app.theme_variables.get("primary", ""))
        return text

    def _words(self, column: RunColumn, row: RunRow, width: int) -> str:
        if column.head == MARK:
            return (self._selection.marker(row.id) or " ") + (PINNED if row.pinned else "")
        if column.head == DELTA:
            selected = self._selection.place(row.id) is not None
            return delta_figure(row, self._baseline) if selected else ""
        return column.cell(row, width)


def _placed(words: str, column: RunColumn, width: int) -> str:
    """Numbers stand at the right, with one column of air behind them."""
    return words.rjust(width) if column.right else words


def _widths(available: int, absent: frozenset[str]) -> tuple[int, ...]:
    wide = available >= ROOMY
    widths = {column.head: column.wide if wide else column.narrow for column in COLUMNS}
    widths |= dict.fromkeys(absent, 0)
    narrow = {column.head: column.narrow for column in COLUMNS}

    def room() -> int:
        """What the other columns and the scroll bar leave to the name."""
        others = sum(width + 1 for head, width in widths.items() if width and head != "name")
        return available - others - 2

    for head in FIRST_TO_SHRINK:
        if wide and room() < WANTED_NAME:
            least = min(widths[head], narrow[head])
            enough = widths[head] + room() - WANTED_NAME if least else 0
            widths[head] = max(least, enough)
    for head, most in FIRST_TO_GROW.items():
        if widths[head]:
            widths[head] += max(0, min(most - widths[head], room() - ROOMY_NAME))
    for head in FIRST_TO_GO:
        if room() < LEAST_NAME:
            widths[head] = 0
    widths["name"] = max(LEAST_NAME, room())
    return tuple(widths.values())

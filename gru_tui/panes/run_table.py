"""The table of all runs: refreshed under the cursor without losing it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.coordinate import Coordinate
from textual.events import Resize
from textual.widgets import DataTable

from gru_tui.commands.table import cut
from gru_tui.figures import duration
from gru_tui.marks import COLOURS, marked
from gru_tui.run_list import RunRow
from gru_tui.sparkline import sparkline
from gru_tui.visible import visible

ROOMY = 108  # columns from which on the wider table fits


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


COLUMNS = (
    RunColumn("state", 13, 13, lambda row, _: marked(row.state)),
    RunColumn("name", 12, 12, lambda row, _: row.name),
    RunColumn("corpus", 11, 20, lambda row, _: row.corpus),
    RunColumn("model", 11, 13, lambda row, _: row.model),
    RunColumn("epoch", 5, 6, lambda row, _: _number(row.epoch, ".1f"), right=True),
    RunColumn("step", 0, 9, lambda row, _: _number(row.step, ","), right=True),
    RunColumn("best", 6, 7, lambda row, _: _number(row.best, ".3f"), right=True),
    RunColumn("loss", 6, 16, lambda row, width: sparkline(row.curve, width)),
    RunColumn("age", 6, 6, lambda row, _: _age(row.created), right=True),
)
NAME, LEAST_NAME = 1, 8
FIRST_TO_GO = ("loss", "age", "model", "epoch", "corpus")  # where even the narrow table is too wide


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
        background: $background;
        scrollbar-size-vertical: 1;
        overflow-x: hidden;
        & > .datatable--header { background: $background; color: $text-muted; text-style: none; }
        &:focus { background-tint: transparent; }
        &:focus > .datatable--header { background-tint: transparent; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, cursor_type="row", cell_padding=0, zebra_stripes=False)
        self._rows: tuple[RunRow, ...] = ()
        self._widths: tuple[int, ...] = ()

    @property
    def selected(self) -> RunRow | None:
        """The run under the cursor."""
        if 0 <= self.cursor_row < len(self._rows):
            return self._rows[self.cursor_row]
        return None

    def on_resize(self, event: Resize) -> None:
        """Columns come and go with the room."""
        if self._widths != _widths(event.size.width):
            self._lay_out()

    def show(self, rows: Sequence[RunRow]) -> None:
        """Show these runs; the cursor stays on its run, and the scroll position where it is."""
        before, self._rows = self._rows, tuple(rows)
        if not self._widths or [row.id for row in before] != [row.id for row in rows]:
            chosen = next((row.id for row in before if row is _at(before, self.cursor_row)), None)
            self._lay_out(chosen)
            return
        for place, row in enumerate(self._rows):
            shown = [column for column, width in zip(COLUMNS, self._widths, strict=True) if width]
            for column, head in enumerate(shown):
                if row != before[place] or head.head == "age":
                    self._update(Coordinate(place, column), head, row)

    def _update(self, at: Coordinate, column: RunColumn, row: RunRow) -> None:
        cell = self._cell(column, row, self._widths[COLUMNS.index(column)])
        if self.get_cell_at(at) != cell:
            self.update_cell_at(at, cell)

    def _lay_out(self, chosen: str | None = None) -> None:
        if chosen is None and self.selected is not None:
            chosen = self.selected.id
        scrolled = self.scroll_y
        self._widths = _widths(self.size.width)
        self.clear(columns=True)
        for column, width in zip(COLUMNS, self._widths, strict=True):
            if width:
                head = Text(_placed(column.head, column, width))
                self.add_column(head, width=width + 1, key=column.head)
        for row in self._rows:
            self.add_row(*self._cells(row), key=row.id)
        ids = [row.id for row in self._rows]
        if chosen in ids:
            self.move_cursor(row=ids.index(chosen), animate=False, scroll=False)
            self.scroll_to(y=scrolled, animate=False, immediate=True)

    def _cells(self, row: RunRow) -> list[Text]:
        return [
            self._cell(column, row, width)
            for column, width in zip(COLUMNS, self._widths, strict=True)
            if width
        ]

    def _cell(self, column: RunColumn, row: RunRow, width: int) -> Text:
        words = cut(visible(column.cell(row, width)).replace("\n", " "), width)
        text = Text(_placed(words, column, width), no_wrap=True, end="")
        if column.head == "state":
            text.stylize(self.app.theme_variables.get(COLOURS.get(row.state, ""), ""))
        elif column.head == "loss":
            text.stylize(self.app.theme_variables.get("primary", ""))
        return text


def _placed(words: str, column: RunColumn, width: int) -> str:
    """Numbers stand at the right, with one column of air behind them."""
    return words.rjust(width) if column.right else words


def _widths(available: int) -> tuple[int, ...]:
    wide = available >= ROOMY
    widths = {column.head: column.wide if wide else column.narrow for column in COLUMNS}
    name = COLUMNS[NAME].head
    for head in (None, *FIRST_TO_GO):
        if head is not None:
            widths[head] = 0
        used = sum(width + 1 for width in widths.values() if width) + 1  # and the scroll bar
        room = widths[name] + available - used
        if room >= LEAST_NAME:
            break
    widths[name] = max(LEAST_NAME, room)
    return tuple(widths.values())


def _at(rows: Sequence[RunRow], place: int) -> RunRow | None:
    return rows[place] if 0 <= place < len(rows) else None

"""What sets the compared runs apart: a column a run, a line a hyperparameter."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import ScrollableContainer
from textual.content import Content
from textual.widgets import Static

from gru_tui.actions import key_of
from gru_tui.curves.comparison import Line, Selection, compared
from gru_tui.listing.rows import RunRow
from gru_tui.panes.run_colours import run_colour
from gru_tui.table import cut
from gru_tui.visible import visible

NARROWEST, WIDEST = 8, 16
FEW = 3  # runs that fit beside a chart
DIFFERS = "≠"


class ComparisonTable(ScrollableContainer):
    """Opens on the differences; shows everything when it is asked to."""

    DEFAULT_CSS = """
    ComparisonTable {
        border: round $panel-lighten-2;
        border-title-color: $text-primary;
        border-subtitle-color: $text-muted;
        scrollbar-size: 1 1;
        scrollbar-gutter: stable;  /* else its columns are one too wide once there is a bar */
        &:focus { border: round $accent; }
        Static { width: auto; height: auto; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.everything = False
        self._rows: tuple[RunRow, ...] = ()
        self._selection = Selection()
        self._shown = Content("")
        self._titles = ("", "")

    def compose(self) -> ComposeResult:
        """One text in several styles."""
        yield Static(id="compared", markup=False)

    def show(self, rows: Sequence[RunRow], selection: Selection) -> None:
        """Compare these runs, the baseline first."""
        self._rows, self._selection = tuple(rows), selection
        self.set_class(len(rows) > FEW, "-many")
        self.show_again()

    def toggle_everything(self) -> None:
        """All hyperparameters, or only those that differ."""
        self.everything = not self.everything
        self.show_again()
        self.scroll_home(animate=False)

    def on_resize(self) -> None:
        """Columns get as wide as there is room for."""
        self.show_again()

    def show_again(self) -> None:
        """Draw it as it is now."""
        other = "the differences" if self.everything else "all"
        titles = (
            "All hyperparameters" if self.everything else "Differences",
            f"{key_of('show_differences')}: {other}",
        )
        if titles != self._titles:
            self._titles = titles
            self.border_title, self.border_subtitle = titles
        lines = compared(self._rows, everything=self.everything)
        if not lines:
            return
        first = 2 + max(len(line.label) for line in lines)
        room = (self.size.width - first - 2) // len(self._rows) - 1
        width = max(NARROWEST, min(WIDEST, room))
        parts = [self._heads(first, width), *(self._line(line, first, width) for line in lines)]
        if not any(line.differs for line in lines[4:]):
            remark = "no hyperparameter differs" if len(self._rows) > 1 else "one run alone"
            parts.append(Content.styled(f"  {remark}", "$foreground-muted"))
        words = Content("\n").join(parts)
        if not words.is_same(self._shown):
            self._shown = words
            self.query_one("#compared", Static).update(words)

    def _heads(self, first: int, width: int) -> Content:
        ground = self.background_colors[1]
        parts = [Content(" " * first)]
        for row in self._rows:
            place = self._selection.place(row.id) or 0
            name = f"{self._selection.marker(row.id)} {cut(visible(row.name), width - 2)}"
            style = run_colour(place, ground).hex
            parts.append(Content.styled(" " + name.rjust(width), style))
        return Content("").join(parts)

    def _line(self, line: Line, first: int, width: int) -> Content:
        mark = DIFFERS if self.everything and line.differs and len(self._rows) > 1 else " "
        cells = "".join(" " + cut(visible(cell), width).rjust(width) for cell in line.cells)
        label = f"{mark} {line.label}".ljust(first)
        return Content.assemble((label, "$foreground-muted"), cells)

"""One run in more words than a row of the table has room for."""

import time

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from gru_tui.draft import as_text
from gru_tui.figures import duration, loss_figure
from gru_tui.listing.rows import RunRow
from gru_tui.marks import marked
from gru_tui.visible import visible, visible_line

SAMPLE_LINES = 12


class RunDetail(VerticalScroll, can_focus=False):
    """Shows the run under the table's cursor; what matters most stands first."""

    DEFAULT_CSS = """
    RunDetail {
        border: round $panel-lighten-2;
        border-title-color: $text-primary;
        border-subtitle-color: $text-muted;
        padding: 0 0 0 1;
        scrollbar-size-vertical: 1;
        Static { height: auto; padding: 0 1 0 0; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._shown = Content("")
        self._titles = ("", "")

    def compose(self) -> ComposeResult:
        """One text in several styles."""
        yield Static(id="detail", markup=False)

    def show(self, row: RunRow | None) -> None:
        """Show that run, or nothing."""
        titles = (visible(row.name), visible(row.id)) if row else ("", "")
        if titles != self._titles:
            self._titles = titles
            self.border_title, self.border_subtitle = map(Content, titles)
        words = _described(row) if row else Content("")
        if not words.is_same(self._shown):  # over a slow line, what is there already costs
            self._shown = words
            self.query_one("#detail", Static).update(words)


def _described(row: RunRow) -> Content:
    parts = [_line("", marked(row.state), row.reason)]
    if row.fault:
        return Content("\n").join([_line("", marked(row.state), ""), Content(visible(row.fault))])
    if row.note:
        parts.append(_line("note", row.note))
    figures = f"step {row.step or 0:,} · epoch {row.epoch or 0:.2f}"
    if row.best is not None:
        figures += f" · best validation loss {loss_figure(row.best)}"
    parts.append(_line("", figures, f"begun {duration(time.time() - row.created)} ago"))
    changed = ", ".join(
        f"{name.replace('_', ' ')} {as_text(value)} ({as_text(default)})"
        for name, value, default in row.changed
    )
    parts.append(_line("differs", changed or "in nothing from the defaults"))
    if row.parent:
        parts.append(_line("forked from", row.parent))
    if row.sample:
        lines = visible(row.sample).strip("\n").split("\n")[:SAMPLE_LINES]
        parts += [Content(""), Content("\n".join(lines)).stylize("italic")]
    return Content("\n").join(parts)


def _line(label: str, words: str, aside: str = "") -> Content:
    return Content.assemble(
        (f"{label}: " if label else "", "$foreground-muted"),
        visible_line(words),
        (f" · {visible(aside)}" if aside else "", "$foreground-muted"),
    )

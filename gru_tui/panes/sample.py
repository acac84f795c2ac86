"""What the model writes while it trains: samples under a rule that says when each was written."""

from collections import deque
from collections.abc import Iterable
from typing import ClassVar

from rich.text import Text
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from gru_tui.picture import Note
from gru_tui.visible import visible
from gru_tui.wrapping import Run, Wrapping

MOST_NOTES = 300  # older samples are in the run's own file


class SamplePane(ScrollView, can_focus=True):
    """Follows the newest sample unless scrolled away from it; End follows again."""

    DEFAULT_CSS = """
    SamplePane {
        border: round $panel-lighten-2;
        border-title-color: $text-primary;
        border-subtitle-color: $text-muted;
        padding: 0 1;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        &:focus { border: round $accent; }
        & > .sample--rule { color: $text-muted; }
        & > .sample--text { color: $foreground; }
        & > .sample--seed { color: $text-accent; }
        & > .sample--remark { color: $text-secondary; }
        & > .sample--warning { color: $text-warning; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "sample--rule",
        "sample--text",
        "sample--seed",
        "sample--remark",
        "sample--warning",
    }

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.border_title = "Samples"
        self._notes: deque[Note] = deque(maxlen=MOST_NOTES)
        self._blocks: deque[list[list[Run]]] = deque()
        self._lines: list[list[Run]] = []
        self._width = 0
        self._following = True  # the newest is in sight, and the next ones are to be
        self._empty = ""

    @property
    def allow_select(self) -> bool:
        """The mouse may select a part."""
        return True

    def show_empty(self, words: str) -> None:
        """What to say as long as there is no sample."""
        if words != self._empty:
            self._empty = words
            self.refresh()

    def add(self, notes: Iterable[Note], *, afresh: bool = False) -> None:
        """Append; the oldest leave at the top without moving what is being read."""
        if afresh:
            self._following = True
            self._notes.clear()
            self._blocks.clear()
            self._lines = []
        gone = 0
        for note in notes:
            if len(self._notes) == MOST_NOTES:
                gone += len(self._blocks.popleft())
            self._notes.append(note)
            block = self._block(note)
            self._blocks.append(block)
            self._lines += block
        del self._lines[:gone]
        self._show(gone)

    def follow(self) -> None:
        """Go to the newest sample, and stay with the newest from now on."""
        self._following = True
        self._to_end()

    def on_resize(self) -> None:
        """Another width: wrap again, and stay at the end if that is where the reader was."""
        if self._room() != self._width:
            self._width = self._room()
            self._blocks = deque(self._block(note) for note in self._notes)
            self._lines = [line for block in self._blocks for line in block]
        self._show()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Whether the newest is in sight has perhaps changed."""
        super().watch_scroll_y(old_value, new_value)
        self._following = self.is_vertical_scroll_end
        self._show_remark()

    def _show(self, gone: int = 0) -> None:
        following = self._following and not self.is_vertical_scrollbar_grabbed
        self.virtual_size = Size(self._width, len(self._lines))
        if following:
            self._to_end()
        elif gone:
            self.scroll_to(y=max(0, self.scroll_y - gone), animate=False, immediate=True)
        self.refresh()

    def _to_end(self) -> None:
        # Forced, because the scroll bar that permits scrolling comes only with the next layout.
        self.scroll_end(animate=False, immediate=True, force=True, x_axis=False)
        self._show_remark()

    def _show_remark(self) -> None:
        self.border_subtitle = "" if self._following else "End: to the newest"

    def _room(self) -> int:
        # The scroll bar's column is always kept free, so that its coming moves no word.
        bar = self.styles.scrollbar_size_vertical
        return max(1, self.size.width + self.scrollbar_size_vertical - bar)

    def _block(self, note: Note) -> list[list[Run]]:
        width = self._width or 80
        wrapping = Wrapping(width)
        if note.kind == "sample":
            rule = f"── {note.head} "
            wrapping.append((rule + "─" * width)[:width] + "\n", "rule")
            wrapping.append(visible(note.seed_text), "seed")
            wrapping.append(visible(note.text).strip("\n"), "text")
        else:
            wrapping.append(visible(f"{note.head} {note.text}"), note.kind)
        return wrapping.lines

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """What the mouse has selected, as it is shown."""
        plain = "\n".join("".join(text for text, _ in line) for line in self._lines)
        return selection.extract(plain), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """The marked part has changed."""
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        number = self.scroll_offset.y + y
        width, style = self.scrollable_content_region.width, self.rich_style
        lines = self._lines or [[(line, "rule")] for line in self._empty.split("\n")]
        if number >= len(lines):
            return Strip.blank(width, style)
        line = Text(no_wrap=True, end="")
        for text, kind in lines[number]:
            line.append(text, self.get_component_rich_style(f"sample--{kind}"))
        self._mark_selected(line, number)
        strip = Strip(line.render(self.app.console)).crop_extend(0, width, style)
        return strip.apply_style(style).apply_offsets(0, number)

    def _mark_selected(self, line: Text, number: int) -> None:
        selection = self.text_selection
        span = selection.get_span(number) if selection is not None else None
        if span is not None:
            start, end = span
            style = self.screen.get_component_rich_style("screen--selection")
            line.stylize(style, start, len(line) if end == -1 else end)

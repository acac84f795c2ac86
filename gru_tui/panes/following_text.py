"""Wrapped text in several styles that follows its end, unless the reader scrolls away from it."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from gru_tui.generation.wrapping import Run


class FollowingText(ScrollView, can_focus=True):
    """Draws lines of runs; a run's kind is the name of a style: "STYLES--kind"."""

    DEFAULT_CSS = """
    FollowingText {
        padding: 0 0 0 1;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
    }
    """
    STYLES: ClassVar[str] = ""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.following = True
        self._is_drawn = False

    @property
    @abstractmethod
    def lines(self) -> Sequence[list[Run]]:
        """All lines, wrapped to `room`."""

    @property
    def room(self) -> int:
        """Cells in a line. The scroll bar's column stays free, so that its coming moves no word,
        and one before it, so that no word runs into it.
        """
        return max(1, self.size.width - self.styles.scrollbar_size_vertical - 1)

    @property
    def allow_select(self) -> bool:
        """The mouse may select a part."""
        return True

    def lines_changed(self, gone: int = 0) -> None:
        """There are other lines now; `gone` of them have left at the top."""
        following = self.following and not self.is_vertical_scrollbar_grabbed
        size = Size(self.room, len(self.lines))
        if self.show_vertical_scrollbar and size.height > self.container_size.height:
            # The bar is there and stays: no layout of the screen, which is dear, can move anything.
            self.set_reactive(FollowingText.virtual_size, size)
            self.vertical_scrollbar.window_virtual_size = size.height
        else:
            self.virtual_size = size
        if following:
            self.to_end()
        elif gone:
            self.scroll_to(y=max(0, self.scroll_y - gone), animate=False, immediate=True)

    def to_end(self) -> None:
        """Show the end, and follow it from now on."""
        # Forced, because the scroll bar that permits scrolling comes only with the next layout.
        self.scroll_end(animate=False, immediate=True, force=True, x_axis=False)
        self.following = True

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Whoever scrolls away from the end does not want to be moved."""
        super().watch_scroll_y(old_value, new_value)
        self.following = self.is_vertical_scroll_end

    def watch_show_vertical_scrollbar(self, shown: bool) -> None:
        """A bar that comes when something is scrolled already must know how far."""
        if shown:
            self.vertical_scrollbar.position = self.scroll_y

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """What the mouse has selected, as it is shown."""
        plain = "\n".join("".join(text for text, _ in line) for line in self.lines)
        return selection.extract(plain), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """The marked part has changed."""
        self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """What the screen shows."""
        self._is_drawn = True
        try:
            return super().render_lines(crop)
        finally:
            self._is_drawn = False

    def render_line(self, y: int) -> Strip:
        """One line of the screen; where it is not drawn, with the places that a selection needs."""
        number = self.scroll_offset.y + y
        width, style = self.scrollable_content_region.width, self.rich_style
        if number >= len(self.lines):
            return Strip.blank(width, style)
        line = Text(no_wrap=True, end="")
        for text, kind in self.lines[number]:
            line.append(text, self.get_component_rich_style(f"{self.STYLES}--{kind}"))
        self._mark_selected(line, number)
        strip = Strip(line.render(self.app.console)).crop_extend(0, width, style)
        strip = strip.apply_style(style)
        # A place makes a style that no other line has, and Textual remembers thousands of styles.
        return strip if self._is_drawn else strip.apply_offsets(0, number)

    def _mark_selected(self, line: Text, number: int) -> None:
        selection = self.text_selection
        span = selection.get_span(number) if selection is not None else None
        if span is not None:
            start, end = span
            style = self.screen.get_component_rich_style("screen--selection")
            line.stylize(style, start, len(line) if end == -1 else end)

"""The text that a model writes, as it streams: the seed text and the model's words apart."""

from typing import ClassVar

from rich.segment import Segment
from rich.text import Text
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from gru_tui.visible import visible
from gru_tui.wrapping import Run, Wrapping

SEED, MODEL, ASIDE = "seed", "model", "aside"


class GeneratedText(ScrollView, can_focus=True):
    """Holds the true text and shows it wrapped. Follows its end unless scrolled away from it."""

    DEFAULT_CSS = """
    GeneratedText {
        background: $background;
        color: $foreground;
        padding: 0 1;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        & > .generated-text--seed { color: $text-accent; text-style: bold; }
        & > .generated-text--model { color: $foreground; }
        & > .generated-text--aside { color: $text-muted; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "generated-text--seed",
        "generated-text--model",
        "generated-text--aside",
    }

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._parts: list[Run] = []
        self._aside = ""
        self._wrapping = Wrapping(80)

    @property
    def text(self) -> str:
        """The true text: the seed text and what followed it."""
        return "".join(text for text, _ in self._parts)

    @property
    def allow_select(self) -> bool:
        """The mouse may select a part."""
        return True

    def show_aside(self, words: str) -> None:
        """Words of the program's own in place of a text, as long as there is none."""
        self._parts, self._aside = [], words
        self._wrap_again()
        self.scroll_home(animate=False)

    def begin(self, seed_text: str) -> None:
        """A new text, which starts with `seed_text`."""
        self._parts, self._aside = [], ""
        self._wrap_again()
        self.scroll_home(animate=False)
        self.append(seed_text, SEED)

    def append(self, text: str, kind: str = MODEL) -> None:
        """More text behind what is there."""
        if not text:
            return
        self._parts.append((text, kind))
        at_end = self.is_vertical_scroll_end
        changed = self._wrapping.append(visible(text), kind)
        lines = len(self._wrapping.lines)
        self.virtual_size = Size(self._wrapping.width, lines)
        self.refresh_lines(changed, lines - changed)
        if at_end and not self.is_vertical_scrollbar_grabbed:
            self.scroll_end(animate=False, immediate=True, x_axis=False)

    def on_resize(self) -> None:
        """Another width: wrap again, and stay at the end if that is where the reader was."""
        if self._room() != self._wrapping.width:
            at_end = self.is_vertical_scroll_end
            self._wrap_again()
            if at_end:
                self.scroll_end(animate=False, immediate=True, x_axis=False)

    def _wrap_again(self) -> None:
        self._wrapping = Wrapping(self._room())
        for text, kind in self._parts or [(self._aside, ASIDE)]:
            self._wrapping.append(visible(text), kind)
        self.virtual_size = Size(self._wrapping.width, len(self._wrapping.lines))
        self.refresh()

    def _room(self) -> int:
        # The scroll bar's column is always kept free, so that its coming moves no word.
        bar = self.styles.scrollbar_size_vertical
        return max(1, self.size.width - self.styles.gutter.width - bar)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """What the mouse has selected, as it is shown."""
        return selection.extract(self._wrapping.plain()), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """The marked part has changed."""
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        line_number = self.scroll_offset.y + y
        width, style = self.scrollable_content_region.width, self.rich_style
        if line_number >= len(self._wrapping.lines):
            return Strip.blank(width, style)
        line = Text(no_wrap=True, end="")
        for text, kind in self._wrapping.lines[line_number]:
            line.append(text, self.get_component_rich_style(f"generated-text--{kind}"))
        self._mark_selected(line, line_number)
        segments: list[Segment] = list(line.render(self.app.console))
        strip = Strip(segments).crop_extend(0, width, style)
        return strip.apply_style(style).apply_offsets(0, line_number)

    def _mark_selected(self, line: Text, line_number: int) -> None:
        selection = self.text_selection
        span = selection.get_span(line_number) if selection is not None else None
        if span is not None:
            start, end = span
            style = self.screen.get_component_rich_style("screen--selection")
            line.stylize(style, start, len(line) if end == -1 else end)

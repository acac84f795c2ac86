"""What the model writes while it trains: samples under a rule that says when each was written."""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import ClassVar

from gru_tui.generation.wrapping import Run, Wrapping
from gru_tui.panes.following_text import FollowingText
from gru_tui.picture import Note
from gru_tui.visible import visible

MOST_NOTES = 300  # older samples are in the run's own file


class SamplePane(FollowingText):
    """Follows the newest sample unless scrolled away from it; End follows again."""

    DEFAULT_CSS = """
    SamplePane {
        border: round $panel-lighten-2;
        border-title-color: $text-primary;
        border-subtitle-color: $text-muted;
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
    STYLES = "sample"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.border_title = "Samples"
        self._notes: deque[Note] = deque()
        self._blocks: deque[list[list[Run]]] = deque()  # a note's lines each
        self._lines: list[list[Run]] = []
        self._width = 80
        self._empty = ""

    @property
    def lines(self) -> Sequence[list[Run]]:
        """Those of all blocks, or what an empty pane says."""
        if self._lines:
            return self._lines
        wrapping = Wrapping(self.room)
        wrapping.append(self._empty, "rule")
        return wrapping.lines

    @property
    def newest(self) -> str:
        """The newest sample as the model wrote it, behind its seed text; "" when there is none."""
        notes = (note for note in reversed(self._notes) if note.kind == "sample")
        return next((note.seed_text + note.text for note in notes), "")

    def show_empty(self, words: str) -> None:
        """What to say as long as there is no sample."""
        if words != self._empty:
            self._empty = words
            self.refresh()

    def add(self, notes: Iterable[Note], *, afresh: bool = False) -> None:
        """Append; the oldest leave at the top without moving what is being read."""
        if afresh:
            self.following = True
            self._notes.clear()
            self._blocks.clear()
            self._lines = []
        gone = 0
        for note in notes:
            if len(self._notes) == MOST_NOTES:
                self._notes.popleft()
                gone += len(self._blocks.popleft())
            self._notes.append(note)
            self._blocks.append(self._block(note))
            self._lines += self._blocks[-1]
        del self._lines[:gone]
        self._show(gone)

    def follow(self) -> None:
        """Go to the newest sample, and stay with the newest from now on."""
        self.to_end()
        self._show_remark()

    def on_resize(self) -> None:
        """Another width: wrap again."""
        if self.room != self._width:
            self._width = self.room
            self._blocks = deque(self._block(note) for note in self._notes)
            self._lines = [line for block in self._blocks for line in block]
        self._show()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Whether the newest is in sight has perhaps changed."""
        super().watch_scroll_y(old_value, new_value)
        self._show_remark()

    def _show(self, gone: int = 0) -> None:
        self.lines_changed(gone)
        self._show_remark()
        self.refresh()

    def _show_remark(self) -> None:
        self.border_subtitle = self._rule_above if self.following else "End: to the newest"

    @property
    def _rule_above(self) -> str:
        """Which sample the newest is, where the pane is too low for its rule."""
        lines, height = 0, self.size.height
        for note, block in zip(reversed(self._notes), reversed(self._blocks), strict=True):
            if note.kind == "sample":
                return visible(note.head) if lines < height < lines + len(block) else ""
            lines += len(block)
        return ""

    def _block(self, note: Note) -> list[list[Run]]:
        wrapping = Wrapping(self._width)
        if note.kind == "sample":
            rule = f"── {visible(note.head)} " + "─" * self._width
            wrapping.append(rule[: self._width] + "\n", "rule")
            wrapping.append(visible(note.seed_text), "seed")
            wrapping.append(visible(note.text).strip("\n"), "text")
        else:
            wrapping.append(visible(f"{note.head} {note.text}"), note.kind)
        return wrapping.lines

"""One line of plain words: what the focused field means, or what to do next."""

from rich.cells import cell_len, set_cell_size
from textual.content import Content
from textual.widget import Widget

from gru_tui.visible import visible_line


class HintLine(Widget):
    """Shows the hint of the field that has the focus, else what the screen proposes."""

    DEFAULT_CSS = """
    HintLine { height: 1; padding: 0 1; color: $text-muted; text-wrap: wrap; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._field = ""
        self._proposal = ""

    def explain(self, words: str) -> None:
        """The focused field in plain words; "" when no field has the focus."""
        self._field = words
        self.set_class(bool(words), "-explaining")
        self.refresh()

    def propose(self, words: str) -> None:
        """What one may do next."""
        words = visible_line(words)
        if words != self._proposal:
            self._proposal = words
            self.refresh()

    def render(self) -> Content:
        """The field's words come first, cut at the end of the last line."""
        words = self._field or self._proposal
        room = max(1, self.size.width * self.size.height)
        if cell_len(words) > room:
            words = set_cell_size(words, room - 1).rstrip() + "…"
        return Content(words)

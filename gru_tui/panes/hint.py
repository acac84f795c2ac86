"""One line of plain words: what the focused field means, or what to do next."""

from textual.content import Content
from textual.widget import Widget


class HintLine(Widget):
    """Shows the hint of the field that has the focus, else what the screen proposes."""

    DEFAULT_CSS = """
    HintLine { height: 1; padding: 0 1; color: $text-muted; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._field = ""
        self._proposal = ""

    def explain(self, words: str) -> None:
        """The focused field in plain words; "" when no field has the focus."""
        self._field = words
        self.refresh()

    def propose(self, words: str) -> None:
        """What one may do next."""
        if words != self._proposal:
            self._proposal = words
            self.refresh()

    def render(self) -> Content:
        """The field's words come first, cut at the end of the line."""
        words = self._field or self._proposal
        room = max(1, self.size.width)
        return Content(words if len(words) <= room else words[: room - 1] + "…")

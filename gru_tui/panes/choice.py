"""A field for one of a few words: left and right, space or a click go through them."""

from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widget import Widget


class Choice(Widget, can_focus=True):
    """Shows ‹ word ›. One line, so that a form of many fields stays a form."""

    DEFAULT_CSS = """
    Choice {
        height: 1;
        width: 1fr;
        background: $panel;
        color: $foreground;
        &:focus { background: $block-cursor-background; color: $block-cursor-foreground; }
        &:disabled { background: transparent; color: $text-muted; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", "Previous", show=False),
        Binding("right,space", "move(1)", "Next", show=False),
    ]

    @dataclass
    class Changed(Message):
        """Another word was chosen by the person at the keyboard."""

        choice: "Choice"
        value: str

        @property
        def control(self) -> "Choice":
            """For selectors in `on`."""
            return self.choice

    def __init__(self, choices: tuple[str, ...], value: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.choices = choices
        self._value = value

    @property
    def value(self) -> str:
        """The word that is shown. Setting it sends no message."""
        return self._value

    @value.setter
    def value(self, value: str) -> None:
        if value != self._value:
            self._value = value
            self.refresh()

    def render(self) -> Content:
        """‹ word ›, or the word alone where it cannot change."""
        if self.disabled:
            return Content(self._value)
        room = max(1, self.size.width - 4)
        return Content(f"‹ {self._value[:room].ljust(room)} ›")

    def action_move(self, by: int) -> None:
        """The next word in that direction, round in a circle."""
        place = self.choices.index(self._value) if self._value in self.choices else -by
        self.value = self.choices[(place + by) % len(self.choices)]
        self.post_message(self.Changed(self, self._value))

    def on_click(self, event: Click) -> None:
        """The left edge goes back, the rest forward."""
        event.stop()
        self.action_move(-1 if event.x < 2 else 1)

    def get_content_width(self, *_: object) -> int:
        """As wide as the longest word and its arrows."""
        return max(cell_len(word) for word in self.choices) + 4

"""What the form says as commands of a shell, to look at and to copy."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from gru_tui.screens.dialogs import Dialog
from gru_tui.terminal.passing import clipboard
from gru_tui.visible import visible

KEYS = ("y", "t")  # of the first line and the second


class CommandLines(Dialog[None]):
    """Up to two lines, each with what it does; y copies the first one, t the second."""

    DEFAULT_CSS = """
    CommandLines {
        VerticalScroll { height: auto; max-height: 14; scrollbar-size-vertical: 1; }
        .line { height: auto; margin: 0 0 1 2; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy(0)", "Copy", show=False),
        Binding("t", "copy(1)", "Copy the second", show=False),
    ]

    def __init__(self, lines: tuple[tuple[str, str], ...]) -> None:
        """`lines`: what each does, and the line itself."""
        super().__init__()
        self._lines = lines

    def compose(self) -> ComposeResult:
        """The lines, and the ways out."""
        with Vertical(classes="dialog") as panel:
            panel.border_title = Content("In a shell")
            with VerticalScroll(can_focus=False):
                for words, line in self._lines:
                    yield Static(visible(words), markup=False, classes="dialog--words heading")
                    yield Static(visible(line), markup=False, classes="line")
            with Horizontal(classes="dialog--buttons"):
                for number, key in enumerate(KEYS[: len(self._lines)]):
                    which = "" if len(self._lines) == 1 else (" first", " second")[number]
                    label = Content(f"Copy{which} [{key}]")
                    yield Button(label, "default" if number else "primary", id=f"copy-{number}",
                                 compact=True)  # fmt: skip
                yield Button(Content("Close [esc]"), id="no", compact=True)

    def on_mount(self) -> None:
        """Enter copies the first line."""
        self.query_one("#copy-0", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The buttons do what their keys do."""
        if event.button.id == "no":
            self.dismiss(None)
        else:
            self.action_copy(int((event.button.id or "copy-0").removeprefix("copy-")))

    def action_copy(self, number: int) -> None:
        """Send that line to the terminal's clipboard, and leave."""
        if number < len(self._lines):
            line = self._lines[number][1]
            self.app.copy_to_clipboard(line)
            self.notify(f"Sent {len(line):,} characters to {clipboard()}.", markup=False)
            self.dismiss(None)

"""The line above the runs in which a filter is typed; what is wrong with it stands below."""

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from gru_tui.listing.filter import RunFilter, understood
from gru_tui.panes.text_fields import LineInput
from gru_tui.visible import visible

EXAMPLE = "words, tag:x, lr<0.01, cell=gru, state=running, best<1.5, -word"


class FilterLine(Vertical):
    """Seen while it has the focus or filters something. What is wrong in it counts for nothing."""

    DEFAULT_CSS = """
    FilterLine {
        height: auto;
        display: none;
        background: $panel;
        &.-open { display: block; }
        Horizontal { height: 1; }
        .filter--sign { width: 3; color: $text-accent; padding: 0 0 0 1; }
        .filter--count { width: auto; color: $text-muted; padding: 0 1; }
        LineInput { width: 1fr; height: 1; border: none; padding: 0; background: $panel; }
        .filter--fault { display: none; color: $text-error; padding: 0 0 0 3; }
        &.-faulty .filter--fault { display: block; height: auto; }
    }
    """

    @dataclass
    class Changed(Message):
        """Other runs are to be seen."""

        filter: RunFilter

        def can_replace(self, message: Message) -> bool:
            """Only the newest filter counts."""
            return isinstance(message, FilterLine.Changed)

    @dataclass
    class Left(Message):
        """The field has been left: the runs get the focus back."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._count = (-1, -1)

    def compose(self) -> ComposeResult:
        """The sign of the key, the field, how many runs are left; and the fault."""
        with Horizontal():
            yield Static("/", classes="filter--sign", markup=False)
            yield LineInput(placeholder=EXAMPLE, id="filter", compact=True)
            yield Static(id="filter-count", classes="filter--count", markup=False)
        yield Static(id="filter-fault", classes="filter--fault", markup=False)

    @property
    def has_text(self) -> bool:
        """Whether something is typed there."""
        return bool(self.query_one(LineInput).value.strip())

    def open(self) -> None:
        """Show the line and type there."""
        self.add_class("-open")
        self.query_one(LineInput).focus()

    def clear(self) -> None:
        """Filter nothing, and go away."""
        self.query_one(LineInput).value = ""
        self.remove_class("-open")
        self.post_message(self.Left())

    def show_count(self, shown: int, of: int) -> None:
        """How many runs the filter leaves."""
        if self._count != (shown, of):
            self._count = shown, of
            self.query_one("#filter-count", Static).update(Content(f"{shown} of {of}"))

    @on(Input.Changed)
    def take(self, event: Input.Changed) -> None:
        """Filter at once, and say what is wrong."""
        event.stop()
        found, fault = understood(event.value)
        self.post_message(self.Changed(found))
        self.query_one("#filter-fault", Static).update(visible(fault))
        self.set_class(bool(fault), "-faulty")

    @on(Input.Submitted)
    def leave(self, event: Input.Submitted) -> None:
        """Enter: back to the runs; an empty line goes away."""
        event.stop()
        if not self.has_text:
            self.remove_class("-open")
        self.post_message(self.Left())

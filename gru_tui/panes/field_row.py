"""One hyperparameter in the form: its name, its field, its mark, and what is wrong with it."""

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static

from engine.fields import Field
from gru_tui.draft import Draft
from gru_tui.panes.choice import Choice
from gru_tui.panes.text_fields import LineInput

YES_NO = ("no", "yes")
SHORT_NAMES = {"embedding_size": "embedding", "validation_fraction": "validation part"}
SHORT_UNITS = {"characters": "chars", "streams": "", "epochs": ""}


def title(name: str) -> str:
    """The name of a hyperparameter in the form."""
    return SHORT_NAMES.get(name, name.replace("_", " "))


class FieldRow(Vertical):
    """Shows the draft's text for one field, and tells what is typed into it."""

    DEFAULT_CSS = """
    FieldRow {
        height: auto;
        & > Horizontal { height: 1; }
        .field--name { width: 20; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
        LineInput { width: 1fr; background: $boost; }
        LineInput.-wrong { color: $text-error; }
        .field--mark { width: 7; padding: 0 0 0 1; text-wrap: nowrap; color: $text-muted; }
        .field--fault { display: none; color: $text-error; height: auto; padding: 0 0 0 2; }
        &.-edited .field--name, &.-edited .field--mark { color: $text-warning; text-style: bold; }
        &.-wrong .field--fault { display: block; }
        &.-wrong .field--name { color: $text-error; }
        &:focus-within .field--name { color: $foreground; text-style: bold; }
        LineInput:disabled { background: transparent; opacity: 100%; color: $text-muted; }
    }
    """

    @dataclass
    class Typed(Message):
        """Another text stands in the field."""

        hyperparameter: str
        text: str

    def __init__(self, field: Field, draft: Draft) -> None:
        super().__init__(id=f"field-{field.name}")
        self.field, self._draft = field, draft

    def compose(self) -> ComposeResult:
        """Name, field, mark; the fault has a line of its own below."""
        with Horizontal():
            yield Static(title(self.field.name), classes="field--name", markup=False)
            yield self._entry()
            yield Static(self.field.unit, classes="field--mark", markup=False)
        yield Static("", classes="field--fault", markup=False)

    def on_mount(self) -> None:
        """Show what the draft says."""
        self.show()

    def show(self) -> None:
        """Show the draft's text, mark and fault; sends no message."""
        name = self.field.name
        text, locked, fault = (
            self._draft.text(name),
            self._draft.locked(name),
            self._draft.fault(name),
        )
        entry = self.query_one(".field--entry")
        if isinstance(entry, Input | Choice) and entry.value != text:
            with self.prevent(Input.Changed):
                entry.value = text
        entry.disabled = locked
        entry.set_class(bool(fault), "-wrong")
        self.set_class(self._draft.edited(name), "-edited")
        self.set_class(bool(fault), "-wrong")
        self.query_one(".field--mark", Static).update(self._mark(locked=locked))
        self.query_one(".field--fault", Static).update(fault)

    @on(Input.Changed)
    @on(Choice.Changed)
    def tell(self, event: Input.Changed | Choice.Changed) -> None:
        """Hand on what was typed or chosen."""
        event.stop()
        if event.value != self._draft.text(self.field.name):
            self.post_message(self.Typed(self.field.name, event.value))

    @property
    def explanation(self) -> str:
        """The field in plain words, for the hint line."""
        when = "at any time" if self.field.live else "before the run begins"
        bounds = ", ".join(filter(None, (self._bounds, when)))
        return f"{title(self.field.name)}: {self.field.description} ({bounds})"

    @property
    def _bounds(self) -> str:
        """The permitted numbers, shorter than an error message has them."""
        field = self.field
        if field.most is None:
            return ""  # a choice: its arrows lead through all words
        most = f"{field.most:,.10g}"
        if field.above is not None:
            return f"above {field.above:g}" if field.most >= 1e9 else f"above 0, up to {most}"
        least = f"{field.least:,g}"
        return f"{least} or more" if field.most >= 1e6 else f"{least} to {most}"

    def _entry(self) -> Input | Choice:
        name = self.field.name
        choices = YES_NO if self.field.kind is bool else self.field.choices
        if choices:
            entry: Input | Choice = Choice(choices, self._draft.text(name))
        else:
            entry = LineInput(self._draft.text(name), compact=True, select_on_focus=True)
        entry.add_class("field--entry")
        return entry

    def _mark(self, *, locked: bool) -> str:
        if locked:
            return "fixed"
        if self._draft.edited(self.field.name):
            return "*"
        if self.field.name in self._draft.waiting:
            return "» epoch"
        return SHORT_UNITS.get(self.field.unit, self.field.unit)

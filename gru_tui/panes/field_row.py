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
OTHERWISE = {
    "max_seconds": "max seconds: when run and schedule end; also 45m, 2h or 18:30; 0 is no bound",
}
SHORT_UNITS = {"characters": "chars", "streams": "", "epochs": ""}


def title(name: str) -> str:
    """The name of a hyperparameter in the form."""
    return SHORT_NAMES.get(name, name.replace("_", " "))


def explanation(field: Field) -> str:
    """The field in plain words, with its bounds and when it may change."""
    if field.name in OTHERWISE:
        return OTHERWISE[field.name]
    when = "at any time" if field.live else "before the run begins"
    return f"{title(field.name)}: {field.description} ({_bounds(field)}{when})"


def _bounds(field: Field) -> str:
    """The permitted numbers, shorter than an error message has them."""
    if field.most is None:
        return ""  # a choice: its arrows lead through all words
    most = f"{field.most:,.10g}"
    if field.above is not None:
        return f"above {field.above:g}, " + ("" if field.most >= 1e9 else f"up to {most}, ")
    least = f"{field.least:,g}"
    return f"{least} or more, " if field.most >= 1e6 else f"{least} to {most}, "


class FieldRow(Vertical):
    """Shows the draft's text for one field, and tells what is typed into it."""

    DEFAULT_CSS = """
    FieldRow {
        height: auto;
        & > Horizontal { height: 1; }
        .field--name { width: 20; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
        LineInput { width: 1fr; background: $panel; }
        LineInput.-wrong { color: $text-error; }
        .field--mark { width: 8; padding: 0 0 0 1; text-wrap: nowrap; color: $text-muted; }
        &.-wide .field--mark { width: 2; }
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
        """Another text stands in the field, and the draft knows it."""

        row: "FieldRow"

    def __init__(self, field: Field, draft: Draft) -> None:
        super().__init__(id=f"field-{field.name}")
        self.field, self._draft = field, draft
        self.entry = self._entry()
        """What one types or chooses in."""

    def compose(self) -> ComposeResult:
        """Name, field, mark; the fault has a line of its own below."""
        with Horizontal():
            yield Static(title(self.field.name), classes="field--name", markup=False)
            yield self.entry
            yield Static(self.field.unit, classes="field--mark", markup=False)
        yield Static("", classes="field--fault", markup=False)

    def on_mount(self) -> None:
        """Show what the draft says."""
        self.show()

    def show(self) -> None:
        """Show the draft's text, mark and fault; sends no message."""
        entry, text = self.entry, self._draft.text(self.field.name)
        if entry.value != text:
            with self.prevent(Input.Changed):
                entry.value = text
        self.show_mark()

    def show_mark(self) -> None:
        """Show what the draft says about the text in the field."""
        name = self.field.name
        locked, fault = self._draft.locked(name), self._draft.fault(name)
        self.entry.disabled = locked
        self.entry.set_class(bool(fault), "-wrong")
        self.set_class(self._draft.marked(name), "-edited")
        self.set_class(bool(fault), "-wrong")
        mark = self._mark(locked=locked)
        self.query_one(".field--mark", Static).update(mark)
        # A word between arrows needs the room that a unit would take.
        self.set_class(isinstance(self.entry, Choice) and len(mark) <= 1, "-wide")
        self.query_one(".field--fault", Static).update(fault)

    def take(self) -> None:
        """The draft takes what stands in the field now."""
        self._draft.type(self.field.name, self.entry.value)

    @on(Input.Changed)
    @on(Choice.Changed)
    def tell(self, event: Input.Changed | Choice.Changed) -> None:
        """Something was typed or chosen, perhaps more since: what stands there now counts."""
        event.stop()
        self.take()
        self.post_message(self.Typed(self))

    @property
    def explanation(self) -> str:
        """For the hint line."""
        return explanation(self.field)

    def _entry(self) -> Input | Choice:
        name = self.field.name
        choices = YES_NO if self.field.kind is bool else self.field.choices
        if choices:
            entry: Input | Choice = Choice(choices, self._draft.text(name))
        else:
            entry = LineInput(self._draft.text(name), compact=True, select_on_focus=True)
        return entry

    def _mark(self, *, locked: bool) -> str:
        if locked:
            return "fixed"
        if self._draft.marked(self.field.name):
            return "*"
        if self.field.name in self._draft.waiting:
            return f"» {self._draft.waiting[self.field.name]}"
        return SHORT_UNITS.get(self.field.unit, self.field.unit)

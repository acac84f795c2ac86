"""The form: presets, the essential hyperparameters, and the others in groups that open."""

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Click
from textual.widgets import Static

from engine.hyperparameters import field
from gru_tui.adapting import Circumstances
from gru_tui.draft import Draft
from gru_tui.panes.choice import Choice
from gru_tui.panes.field_row import FieldRow
from gru_tui.panes.form import Form
from gru_tui.panes.messages import Told
from gru_tui.presets import PRESETS, REASONS

ESSENTIAL = (
    "learning_rate",
    "batch_size",
    "sequence_length",
    "dropout",
    "epochs",
    "max_seconds",
    "cell",
    "layers",
    "hidden_size",
)
GROUPS: dict[str, tuple[str, ...]] = {
    "learning": (
        "schedule",
        "warm_up",
        "final_learning_rate",
        "weight_decay",
        "loss_temperature",
        "gradient_clip",
        "beta1",
        "beta2",
        "nesterov",
        "patience",
        "steps",
    ),
    "samples": ("sample_every", "sample_length", "sample_temperature"),
    "intervals": ("validate_every", "checkpoint_every", "keep_checkpoints"),
    "model": ("embedding_size", "ngram_order", "ngram_size", "input_norm", "initialisation"),
    "text": ("validation_fraction", "lower_case", "min_count"),
    "machine": ("random_seed", "processes", "blas_threads"),
}
OWN = "your own"  # the preset's name once a value differs from all of them


class Heading(Static, can_focus=True):
    """The name of a group; Enter, space or a click opens and closes it."""

    explanation = "Enter opens and closes this group of hyperparameters."

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "open_or_close", "Open / close", show=False),
    ]

    def __init__(self, name: str, toggle: Callable[[], None]) -> None:
        super().__init__(id=f"heading-{name}")
        self._words, self._toggle = name, toggle

    def show(self, *, is_open: bool, remark: str) -> None:
        """The arrow says whether the group is open; the remark, what a closed one hides."""
        arrow = "▾" if is_open else "▸"
        self.update(Content.assemble(f"{arrow} {self._words}", (f"  {remark}", "$text-warning")))

    def action_open_or_close(self) -> None:
        """Open or close the group."""
        self._toggle()

    def on_click(self, event: Click) -> None:
        """A click does the same."""
        event.stop()
        self._toggle()


class Group(Vertical):
    """Some fields under a heading. They are made when the group is opened for the first time."""

    def __init__(self, name: str, names: tuple[str, ...], draft: Draft) -> None:
        super().__init__(id=f"group-{name}")
        self.names, self._words, self._draft = names, name, draft
        self._open = False

    def compose(self) -> ComposeResult:
        """The heading alone."""
        yield Heading(self._words, self.toggle)

    def on_mount(self) -> None:
        """Closed at first."""
        self.show()

    def toggle(self) -> None:
        """Open or close."""
        self._open = not self._open
        if self._open and not self.query(FieldRow):
            self.mount_all(FieldRow(field(name), self._draft) for name in self.names)
        for row in self.query(FieldRow):
            row.display = self._open
        self.show()

    def show(self) -> None:
        """A fault in a closed group must be seen: it opens. Edits in it are counted."""
        if not self._open and any(self._draft.fault(name) for name in self.names):
            self.toggle()
        edited = sum(self._draft.marked(name) for name in self.names)
        remark = "" if self._open or not edited else f"* {edited}"
        self.query_one(Heading).show(is_open=self._open, remark=remark)


class PresetRow(Horizontal):
    """Named sets of values to begin with."""

    def compose(self) -> ComposeResult:
        """As wide as the other rows with their marks: the names are long."""
        yield Static("preset")
        yield Choice((*PRESETS, OWN), "default", id="preset")

    @property
    def explanation(self) -> str:
        """What the chosen one is good for."""
        name = self.query_one(Choice).value
        return f"{name}: {REASONS[name]}" if name in REASONS else "values of your own"


class HyperparametersPane(Form):
    """Edits a draft. The screen above decides what becomes of it."""

    DEFAULT_CSS = """
    HyperparametersPane {
        border: round $panel-lighten-2;
        border-title-color: $text-primary;
        border-subtitle-color: $text-warning;
        padding: 0 1;
        scrollbar-size-vertical: 1;
        &:focus-within { border: round $accent; }
        Group { height: auto; }
        Heading { height: 1; color: $text-primary; }
        Heading:focus { background: $block-cursor-background; color: $block-cursor-foreground; }
        PresetRow { height: 1; Static { width: 20; color: $text-muted; } }
    }
    """

    def __init__(self, draft: Draft, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._draft = draft
        self.border_title = "Hyperparameters"
        self._here: Circumstances | None = None

    def compose(self) -> ComposeResult:
        """Preset, essential fields, groups."""
        yield PresetRow()
        for name in ESSENTIAL:
            yield FieldRow(field(name), self._draft)
        for name, names in GROUPS.items():
            yield Group(name, names, self._draft)

    @on(Choice.Changed, "#preset")
    def take_preset(self, event: Choice.Changed) -> None:
        """Fill the form; what a run that has begun keeps stays as it is."""
        event.stop()
        if event.value == OWN:
            self._draft.undo()
        else:
            self._take(event.value)
        self.show(keep_preset=True)

    def fit(self, here: Circumstances | None) -> None:
        """The corpus is another one: a preset that the fields still hold is fitted anew."""
        self._here = here
        preset = self._draft.preset()
        if preset is not None and not self._draft.fixed:
            self._take(preset)
            self.show()

    def _take(self, preset: str) -> None:
        reasons = self._draft.take_preset(preset, self._here)
        if reasons:
            self.post_message(Told(f"{preset}, fitted: " + "; ".join(reasons) + "."))

    @on(FieldRow.Typed)
    def show_typed(self, event: FieldRow.Typed) -> None:
        """Show what the draft has become; the message itself goes on to the screen."""
        event.row.show_mark()
        self._show_groups()
        self.query_one("#preset", Choice).value = self._draft.preset() or OWN

    def read(self) -> None:
        """The draft takes what stands in the fields now."""
        for row in self.query(FieldRow):
            row.take()

    def show(self, *, keep_preset: bool = False) -> None:
        """Show the draft afresh."""
        if not keep_preset:
            self.query_one("#preset", Choice).value = self._draft.preset() or OWN
        for row in self.query(FieldRow):
            row.show()
        self._show_groups()

    def enter(self) -> None:
        """Give the focus to the first field that may be edited."""
        for row in self.query(FieldRow):
            if not row.entry.disabled:
                row.entry.focus()
                return

    def enter_above(self) -> None:
        """Give the focus to the preset, where letters stay keys."""
        self.query_one("#preset", Choice).focus()

    def tell(self, words: str) -> None:
        """How the form stands, in its frame."""
        self.border_subtitle = Content(words)

    def _show_groups(self) -> None:
        for group in self.query(Group):
            group.show()

"""The form before a text is generated: which model, what it begins with, and how it chooses."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input, Label, Select, Static, TextArea

from gru_tui.generation.fields import FIELDS, GenerationField
from gru_tui.generation.shelf import Kept
from gru_tui.panes.form import Form
from gru_tui.panes.text_fields import LineInput, TextField
from gru_tui.visible import visible

NOWHERE = "/"  # the value of no run and no checkpoint
NOT_LOOKED = [("", "")]
NO_RUN = [("no run yet", "")]
NO_CHECKPOINT = [("none yet", "")]
MOST_NAMED = 6  # characters that the vocabulary lacks; the rest are counted


@dataclass(frozen=True)
class Choices:
    """What the form says, checked."""

    temperature: float
    top_k: int
    top_p: float
    length: int
    random_seed: int | None


class Setting(Vertical):
    """One field with its label, its hint, and under them what is wrong with it."""

    def __init__(self, field: GenerationField) -> None:
        super().__init__(id=f"setting-{field.name}", classes="setting")
        self.field = field

    def compose(self) -> ComposeResult:
        """Label and input in a line, words below."""
        with Horizontal():
            yield Label(self.field.label, markup=False)
            yield LineInput(self.field.default, placeholder="any", compact=True)
        yield Static(classes="setting--words", markup=False)
        if self.field.scale:
            yield Static(self.field.scale, classes="setting--scale", markup=False)

    def on_mount(self) -> None:
        """The hint of the default."""
        self.check()

    @on(Input.Changed)
    def check(self) -> None:
        """Say what the value means, or what is wrong with it."""
        text = self.query_one(LineInput).value
        fault = self.field.fault(text)
        words = fault or self.field.hint(self.field.parse(text))
        self.query_one(".setting--words", Static).update(words)
        self.set_class(bool(fault), "-fault")
        self.query_one(LineInput).set_class(bool(fault), "-invalid")


class GenerationSettings(Form):
    """Left on the Generate screen. It reads no file: the screen brings what it shows."""

    DEFAULT_CSS = """
    GenerationSettings {
        height: 1fr;
        border: round $panel-lighten-2;
        border-title-color: $text-primary;
        padding: 0 1;
        scrollbar-size-vertical: 1;
        &:focus-within { border: round $accent; }
        Label { width: 12; color: $text-muted; }
        .heading { width: 1fr; }
        .gap { height: 1; display: none; }
        .choice { height: 1; }
        Select {
            width: 1fr;
            SelectCurrent { background: $panel; }
            &:focus > SelectCurrent { background: $block-cursor-background; }
        }
        #checkpoint-words { color: $text-muted; height: auto; min-height: 1; text-align: right; }
        #seed-text { height: 1fr; min-height: 3; background: $panel; padding: 0; }
        #missing { color: $text-error; height: auto; display: none; }
        .setting { height: auto; Horizontal { height: 1; } }
        .setting--words {
            color: $text-muted; height: auto; display: none; padding: 0 0 0 12;
        }
        .setting--scale { color: $text-muted; height: 1; display: none; text-align: right; }
        #setting-temperature .setting--words { display: block; }
        .setting.-fault .setting--words { color: $text-error; display: block; }
        .setting LineInput { width: 1fr; background: $panel; }
        #do { height: 1; margin: 1 0 0 0; Button { width: 1fr; } }
    }
    """

    class RunChosen(Message):
        """Another run is to write."""

        def __init__(self, run_id: str) -> None:
            super().__init__()
            self.run_id = run_id

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._runs: tuple[tuple[str, str], ...] = ()
        self._kept: tuple[Kept, ...] | None = None  # not looked yet
        self.why_none = ""  # a sentence, where there is no checkpoint

    def compose(self) -> ComposeResult:
        """From top to bottom in the order in which one decides."""
        with Horizontal(classes="choice"):
            yield Label("run")
            yield Select(NOT_LOOKED, allow_blank=False, id="run", compact=True)
        with Horizontal(classes="choice"):
            yield Label("checkpoint")
            yield Select(NOT_LOOKED, allow_blank=False, id="checkpoint", compact=True)
        yield Static(id="checkpoint-words", markup=False)
        yield Static(classes="gap")
        yield Label("seed text", classes="heading")
        yield TextField(
            id="seed-text",
            compact=True,
            show_line_numbers=False,
            highlight_cursor_line=False,
            placeholder=Content("what the text begins with; may be empty"),
        )
        yield Static(id="missing", markup=False)
        for field in FIELDS:
            yield Setting(field)
        with Horizontal(id="do"):
            yield Button(Content("Generate"), "primary", id="generate", compact=True)

    @property
    def run_id(self) -> str | None:
        """The run that is to write."""
        return self.query_one("#run", Select).selection or None

    @property
    def kept(self) -> Kept | None:
        """The checkpoint that is to write."""
        name = self.query_one("#checkpoint", Select).selection
        return next((kept for kept in self._kept or () if kept.name == name), None)

    @property
    def seed_text(self) -> str:
        """What the text begins with."""
        return self.query_one(TextField).text

    def show_runs(self, runs: Sequence[tuple[str, str]], chosen: str | None) -> None:
        """Offer these runs (id, words); `chosen` is taken, or else what was, or else the first."""
        select = self.query_one("#run", Select)
        ids = [run_id for run_id, _ in runs]
        wanted = next((one for one in (chosen, select.selection, *ids[:1]) if one in ids), None)
        if (tuple(runs) == self._runs and wanted == select.selection) or select.expanded:
            return
        self._runs = tuple(runs)
        before = select.selection
        _offer(select, [(words, run_id) for run_id, words in runs] or NO_RUN, wanted)
        if wanted is not None and wanted != before:
            self.post_message(self.RunChosen(wanted))

    def show_checkpoints(self, kept: Sequence[Kept], words: str) -> None:
        """Offer these checkpoints; `words` say why there are none."""
        select = self.query_one("#checkpoint", Select)
        if not select.expanded and tuple(kept) != self._kept:
            self._kept = tuple(kept)
            names = [one.name for one in kept]
            wanted = next((one for one in (select.selection, *names) if one in names), None)
            _offer(select, [(one.title, one.name) for one in kept] or NO_CHECKPOINT, wanted)
        self.why_none = words
        self._describe()

    def fault(self) -> str:
        """The first thing that stands in the way of generating; "" when there is none."""
        for setting in self.query(Setting):
            wrong = setting.field.fault(setting.query_one(LineInput).value)
            if wrong:
                setting.query_one(LineInput).focus()
                return f"{setting.field.label}: {wrong}"
        if self._missing():
            self.query_one(TextField).focus()
            return "the seed text has characters that this model never saw; leave them out"
        return ""

    def choices(self) -> Choices:
        """What the form says. Call it when there is no `fault`."""
        values = {
            setting.field.name: setting.field.parse(setting.query_one(LineInput).value)
            for setting in self.query(Setting)
        }
        random_seed = values["random_seed"]
        return Choices(
            temperature=float(values["temperature"] or 0),
            top_k=int(values["top_k"] or 0),
            top_p=float(values["top_p"] or 0),
            length=int(values["length"] or 0),
            random_seed=None if random_seed is None else int(random_seed),
        )

    def show_generating(self, generating: bool) -> None:
        """The button is the way to stop, too."""
        button = self.query_one("#generate", Button)
        button.label = Content("Stop" if generating else "Generate")

    @on(Select.Changed, "#run")
    def _choose_run(self, event: Select.Changed) -> None:
        event.stop()
        if self.run_id is not None:
            self.post_message(self.RunChosen(self.run_id))

    @on(Select.Changed, "#checkpoint")
    @on(TextArea.Changed)
    def _describe(self) -> None:
        kept = self.kept
        words = self.why_none if kept is None else kept.fault or _figures(kept)
        self.query_one("#checkpoint-words", Static).update(visible(words))
        missing = self._missing()
        note = self.query_one("#missing", Static)
        note.display = bool(missing)
        note.update(_named(missing))

    def _missing(self) -> tuple[str, ...]:
        kept = self.kept
        if kept is None or kept.vocabulary is None:
            return ()
        vocabulary = kept.vocabulary
        return tuple(vocabulary.missing(vocabulary.respelled(self.seed_text)))


def _offer(select: Select[str], options: list[tuple[str, str]], wanted: str | None) -> None:
    with select.prevent(Select.Changed):
        # A value that stays the same would keep its old words; so it is another one for a moment.
        select.set_options([("", NOWHERE)])
        # Text, not str: a name must never be read as markup.
        select.set_options([(Text(visible(words)), value) for words, value in options])
        if wanted is not None:
            select.value = wanted


def _figures(kept: Kept) -> str:
    loss = "" if kept.validation_loss is None else f" · validation {kept.validation_loss:.3f}"
    places = 2 if kept.epoch < 100 else 1 if kept.epoch < 1000 else 0  # one line is all there is
    return f"epoch {kept.epoch:.{places}f}{loss}"


def _named(missing: tuple[str, ...]) -> str:
    names = " ".join(_name(character) for character in missing[:MOST_NAMED])
    more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
    return f"This model never saw {names}{more}; leave that out."


def _name(character: str) -> str:
    if character.isspace():
        return {"\n": "line break", "\t": "tab", " ": "space"}.get(character, repr(character))
    return f"“{visible(character)}”"

"""The Generate screen: choose a model, a beginning and a temperature, and watch it write."""

import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.events import ScreenResume
from textual.message import Message
from textual.widgets import Button, Input, TextArea

from corpora.errors import ReportedError
from gru_tui.actions import Scope, worded
from gru_tui.generation.fields import MOST_RANDOM_SEED
from gru_tui.generation.process import AnyReply, Begun, Failed, Request, Scribe, Written
from gru_tui.generation.shelf import CheckpointShelf, Kept
from gru_tui.panes.generated_text import GeneratedText
from gru_tui.panes.generation_settings import GenerationSettings
from gru_tui.panes.keyline import KeyLine
from gru_tui.panes.messages import LookFailed, Told
from gru_tui.panes.topbar import TopBar
from gru_tui.screens.invitations import NO_CHECKPOINT, NO_RUN, READY, READY_ALONE
from gru_tui.screens.keeping import KeepingScreen
from gru_tui.screens.keys import bindings
from gru_tui.screens.paned import PanedScreen
from gru_tui.visible import visible

if TYPE_CHECKING:
    from gru_tui.app import GruTui
    from gru_tui.runs.store import Store

WIDTHS, HEIGHTS = [(0, "-narrow"), (110, "-wide")], [(0, "-low"), (36, "-tall")]
FOR_TWO = 76  # columns that settings and text need beside each other
LOOK_SECONDS = 1.5  # between two looks at the runs and their checkpoints
OF_A_TEXT = frozenset({"again", "continue", "copy", "save"})


class GenerateScreen(KeepingScreen, PanedScreen):
    """Settings left, text right. Files and the writing process are met in threads only."""

    DEFAULT_CSS = """
    GenerateScreen {
        #desk { height: 1fr; }
        #settings { width: 34; }
        #text {
            width: 1fr; height: 1fr; border: round $panel-lighten-2;
            border-title-color: $text-primary; border-subtitle-color: $text-muted;
        }
        #text:focus { border: round $accent; }
        &.-wide #settings { width: 46; }
        &.-one #settings { width: 1fr; display: none; }
        &.-one.-settings #settings { display: block; }
        &.-one.-settings #text { display: none; }
        &.-tall #settings .setting--scale { display: block; }
        &.-tall #settings .setting--words { display: block; }
        &.-tall #settings .setting { margin: 1 0 0 0; }
        &.-tall #settings .gap { display: block; }
    }
    """
    SCOPE: ClassVar[Scope] = "generate"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("generate")]
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS

    @dataclass
    class Replied(Message):
        """The writing process has said something."""

        reply: AnyReply

    @dataclass
    class Looked(Message):
        """What lies on the disk: the runs (id, name), and the checkpoints of the chosen one."""

        runs: tuple[tuple[str, str], ...]
        run_id: str | None
        kept: tuple[Kept, ...]

    def __init__(self) -> None:
        super().__init__()
        self._scribe = Scribe(self._hand_on)
        self._shelf = CheckpointShelf()
        self._looking = False
        self._fault = ""  # why the last look failed
        self._runs: dict[str, str] = {}
        self._current: str | None = None  # the app's run, when it was last looked at
        self._number = 0
        self._request: Request | None = None  # what is being written, or was written last
        self._begun: Begun | None = None
        self._writing = False
        self._written = 0

    def compose(self) -> ComposeResult:
        """The form and the text."""
        yield TopBar("generate")
        with Horizontal(id="desk"):
            yield GenerationSettings(id="settings")
            yield GeneratedText(id="text")
        yield KeyLine()

    def on_mount(self) -> None:
        """Look at the runs from time to time, as long as this screen is seen."""
        text = self.query_one(GeneratedText)
        text.border_title = Content("Text")
        self.query_one(GenerationSettings).border_title = Content("Write with")
        text.focus()
        self.set_interval(LOOK_SECONDS, self._look_again)

    def on_unmount(self) -> None:
        """The writing process goes with the screen, which does not wait for its end."""
        self._scribe.leave()

    @on(ScreenResume)
    def look_at_once(self) -> None:
        """Another run may be the app's now, and the writing process can get ready."""
        self._look_again()
        self._warm_up()

    @property
    def cramped(self) -> bool:
        """Whether the panes take turns."""
        return 0 < self.size.width < FOR_TWO

    @property
    def _ready(self) -> str:
        return worded(READY_ALONE if self.cramped else READY)

    @property
    def turns(self) -> dict[str, str]:
        """The text first: it says how to go on."""
        return {"": "Text", "-settings": "Settings"}

    def take_turn(self, turn: str) -> None:
        """The focus is in the pane that is shown."""
        super().take_turn(turn)
        self.query_one("#run" if turn else "#text").focus()

    # --- what lies on the disk ---

    def _look_again(self) -> None:
        if self.is_current and not self._looking:
            self._looking = True
            settings = self.query_one(GenerationSettings)
            context = cast("GruTui", self.app).context
            chosen = settings.run_id
            if context.run_id != self._current:
                self._current = chosen = context.run_id
            self._look(context.store, chosen)

    def _hand_on(self, reply: AnyReply) -> None:
        self.post_message(self.Replied(reply))  # from the scribe's thread

    @work(thread=True, group="look")
    def _look(self, store: "Store", chosen: str | None) -> None:
        try:
            runs = store.list()[::-1]
            run = next((run for run in runs if run.id == chosen), runs[0] if runs else None)
            kept = self._shelf.of(run.path) if run is not None else ()
            named = tuple((run.id, run.name) for run in runs)
        except ReportedError as error:
            self.post_message(LookFailed(str(error)))
        else:
            self.post_message(self.Looked(named, run.id if run else None, kept))

    @on(LookFailed)
    def _tell_once(self, event: LookFailed) -> None:
        self._looking = False
        if event.fault != self._fault:
            self._fault = event.fault
            self.post_message(Told(event.fault, "error"))

    @on(Looked)
    def _show_what_lies_there(self, event: Looked) -> None:
        self._looking, self._fault = False, ""
        self._runs = dict(event.runs)
        settings = self.query_one(GenerationSettings)
        settings.show_runs(event.runs, event.run_id)
        name = self._runs.get(event.run_id or "", "")
        settings.show_checkpoints(event.kept, NO_CHECKPOINT.format(name=name) if name else "")
        if self._request is None:
            words = self._ready if event.kept else worded(NO_RUN)
            if name and not event.kept:
                words = NO_CHECKPOINT.format(name=name)
            self.query_one(GeneratedText).show_aside(visible(words))

    @on(GenerationSettings.RunChosen)
    def _look_at_another_run(self) -> None:
        self._look_again()

    # --- writing ---

    @work(thread=True, group="scribe")
    def _warm_up(self) -> None:
        self._scribe.warm_up()

    @work(thread=True, group="scribe")
    def _ask(self, request: Request) -> None:
        self._scribe.ask(request)

    @work(thread=True, group="scribe")
    def _ask_to_stop(self) -> None:
        self._scribe.stop()

    @on(Button.Pressed, "#generate")
    @on(Input.Submitted)
    def action_generate(self) -> None:
        """Begin a text, or stop the one that is being written."""
        field = self.focused
        if isinstance(field, Input | TextArea):  # keys typed just before may still be on their way
            field.call_later(self._generate_or_stop)
        else:
            self._generate_or_stop()

    def _generate_or_stop(self) -> None:
        if self._writing:
            self._ask_to_stop()
        else:
            self._begin(self.query_one(GenerationSettings).seed_text, fresh=True)

    def action_again(self) -> None:
        """The same once more, with another random seed."""
        field = self.query_one("#setting-random_seed LineInput", Input)
        if field.value:
            field.value = str(secrets.randbelow(MOST_RANDOM_SEED + 1))
        self._begin(self.query_one(GenerationSettings).seed_text, fresh=True)

    def action_continue(self) -> None:
        """Let the model go on behind what stands there."""
        text = self.query_one(GeneratedText).text
        if self._writing:
            return
        self._begin(text or self.query_one(GenerationSettings).seed_text, fresh=not text)

    def _begin(self, seed_text: str, *, fresh: bool) -> None:
        settings = self.query_one(GenerationSettings)
        kept = settings.kept
        fault = settings.fault()
        if kept is None:
            words = visible(settings.why_none or worded(NO_RUN))
            self.notify(words, severity="warning", markup=False)
            return
        if fault or kept.fault:
            self.notify(visible(fault or kept.fault), severity="error", markup=False)
            return
        choices = settings.choices()
        self._number += 1
        random_seed = choices.random_seed
        if random_seed is not None and not fresh:
            random_seed = (random_seed + self._number) % (MOST_RANDOM_SEED + 1)
        self._request = Request(
            number=self._number,
            checkpoint=os.fsencode(kept.path),
            seed_text=seed_text,
            length=choices.length,
            temperature=choices.temperature,
            top_k=choices.top_k,
            top_p=choices.top_p,
            random_seed=random_seed,
        )
        text = self.query_one(GeneratedText)
        self.take_turn("")
        if fresh:
            text.begin(seed_text)
        self._written, self._begun = 0, None
        self._show_writing(True)
        text.focus()
        self._ask(self._request)

    @on(Replied)
    def _take_reply(self, event: Replied) -> None:
        reply = event.reply
        if reply.number != self._number:
            return
        if isinstance(reply, Begun):
            self._begun = reply
        elif isinstance(reply, Written):
            self._written += len(reply.text)
            self.query_one(GeneratedText).append(reply.text)
        elif isinstance(reply, Failed):
            self.notify(visible(reply.message), severity="error", markup=False, timeout=10)
        self._show_writing(isinstance(reply, Begun | Written))

    def _show_writing(self, writing: bool) -> None:
        if writing != self._writing:
            self._writing = writing
            self.query_one(GenerationSettings).show_generating(writing)
            self.refresh_bindings()
        text, request, begun = self.query_one(GeneratedText), self._request, self._begun
        if request is None:
            return
        words = f"{self._written:,} of {request.length:,}"
        if begun is not None:
            words += f" · random seed {begun.random_seed}"
            text.border_title = Content(f"Text of step {begun.step:,}")
        text.border_subtitle = Content(words if begun or not writing else "loading the model")

    def label_now(self, identity: str) -> str | None:
        """The key line says what the key does now."""
        if identity == "generate":
            return "Stop" if self._writing else "Generate"
        if identity in OF_A_TEXT and self._request is None:
            return ""
        return self.name_of_next(identity)

    @property
    def texts_begun(self) -> int:
        """How often the model has been asked to write."""
        return self._number

    @property
    def is_writing(self) -> bool:
        """Whether the model is at work."""
        return self._writing

    @property
    def text(self) -> str:
        """What can be copied and saved."""
        return self.query_one(GeneratedText).text

    @property
    def proposed_name(self) -> str:
        """A file's name for the text."""
        name = self._runs.get(self.query_one(GenerationSettings).run_id or "", "text")
        step = f"-step-{self._begun.step}" if self._begun else ""
        return name.replace("/", "-") + step + ".txt"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Escape is shown only where there is a field to leave."""
        return action != "leave_field" or not self.query_one(GeneratedText).has_focus

    def action_leave_field(self) -> None:
        """Back to the text, where single letters are keys."""
        self.take_turn("")

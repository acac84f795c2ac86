"""The Generate screen: choose a model, a beginning and a temperature, and watch it write."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.events import ScreenResume
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Button, Footer, Input

from corpora.errors import ReportedError
from gru_tui.actions import Scope
from gru_tui.generating import AnyReply, Begun, Ended, Failed, Request, Scribe, Written
from gru_tui.generation_fields import MOST_RANDOM_SEED
from gru_tui.panes.generated_text import GeneratedText
from gru_tui.panes.generation_settings import GenerationSettings
from gru_tui.panes.topbar import TopBar
from gru_tui.screens.dialogs import Confirm, Prompt
from gru_tui.screens.keys import bindings
from gru_tui.shelf import Kept, Shelf
from gru_tui.text_file import FileStandsError, write_text
from gru_tui.visible import visible

LOOK_SECONDS = 1.5  # between two looks at the runs and their checkpoints
MOST_COPIED = 50_000  # bytes: what the terminals that know OSC 52 take at once

NO_RUN = (
    "No model yet.\n\nPress 1, choose a text and start a run. A few seconds later there is a "
    "model to write with, while the run goes on."
)
NO_CHECKPOINT = (
    "{name} has no checkpoint yet. A run saves its first as soon as it trains; it appears here "
    "by itself."
)
READY = (
    "Press ^g to let the model write.\n\nTab leads to the fields: what the text begins with, how "
    "bold the model may be, how long the text is to get. Escape leads back here."
)


class GenerateScreen(Screen[None]):
    """Settings left, text right. Files and the writing process are met in threads only."""

    DEFAULT_CSS = """
    GenerateScreen {
        #desk { height: 1fr; }
        #settings { width: 34; }
        #text { width: 1fr; height: 1fr; border: round $primary; }
        #text:focus { border: round $accent; }
        &.-wide #settings { width: 46; }
        &.-tall #settings .setting--words { display: block; }
        &.-tall #settings .setting { margin: 1 0 0 0; }
        &.-tall #settings .gap { display: block; }
    }
    """
    SCOPE: ClassVar[Scope] = "generate"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("generate")]
    HORIZONTAL_BREAKPOINTS: ClassVar[list[tuple[int, str]] | None] = [
        (0, "-narrow"),
        (110, "-wide"),
    ]
    VERTICAL_BREAKPOINTS: ClassVar[list[tuple[int, str]] | None] = [(0, "-low"), (36, "-tall")]

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
        self._scribe = Scribe(lambda reply: self.post_message(self.Replied(reply)) and None)
        self._shelf = Shelf()
        self._looking = False
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
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Look at the runs from time to time, as long as this screen is seen."""
        text = self.query_one(GeneratedText)
        text.border_title = Content("Text")
        self.query_one(GenerationSettings).border_title = Content("Write with")
        text.show_aside(READY)
        text.focus()
        self.set_interval(LOOK_SECONDS, self._look_again)

    def on_unmount(self) -> None:
        """The writing process goes with the screen."""
        self._scribe.close()

    @on(ScreenResume)
    def look_at_once(self) -> None:
        """Another run may be the app's now, and the writing process can get ready."""
        self._look_again()
        self._warm_up()

    # --- what lies on the disk ---

    def _look_again(self) -> None:
        if self.is_current and not self._looking:
            self._looking = True
            settings = self.query_one(GenerationSettings)
            context = self.app.context
            chosen = settings.run_id
            if context.run_id != self._current:
                self._current = chosen = context.run_id
            self._look(context.store, chosen)

    @work(thread=True, group="look")
    def _look(self, store: "Store", chosen: str | None) -> None:
        runs = [run for run in reversed(store.list())]
        run = next((run for run in runs if run.id == chosen), runs[0] if runs else None)
        kept = self._shelf.of(run.path) if run is not None else ()
        named = tuple((run.id, run.name) for run in runs)
        self.post_message(self.Looked(named, run.id if run else None, kept))

    @on(Looked)
    def _show_what_lies_there(self, event: Looked) -> None:
        self._looking = False
        self._runs = dict(event.runs)
        settings = self.query_one(GenerationSettings)
        settings.show_runs(event.runs, event.run_id)
        name = self._runs.get(event.run_id or "", "")
        settings.show_checkpoints(event.kept, NO_CHECKPOINT.format(name=name) if name else "")
        if self._request is None:
            words = READY if event.kept else NO_CHECKPOINT.format(name=name) if name else NO_RUN
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
            self.notify(visible(settings.why_none or NO_RUN), severity="warning", markup=False)
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
        self._writing = writing
        self.query_one(GenerationSettings).show_generating(writing)
        text, request, begun = self.query_one(GeneratedText), self._request, self._begun
        if request is None:
            return
        words = f"{self._written:,} of {request.length:,}"
        if begun is not None:
            words += f" · random seed {begun.random_seed}"
            text.border_title = Content(f"Text of step {begun.step:,}")
        text.border_subtitle = Content(words if begun or not writing else "loading the model")

    # --- taking it away ---

    def action_copy(self) -> None:
        """The text, or what the mouse has selected of it, to the terminal's clipboard."""
        text = self.get_selected_text() or self.query_one(GeneratedText).text
        sent = text.encode(errors="replace")[:MOST_COPIED].decode(errors="ignore")
        if not text:
            self.notify("There is no text to copy yet.", severity="warning", markup=False)
            return
        self.app.copy_to_clipboard(sent)
        if len(sent) < len(text):
            words = (
                f"Sent the first {len(sent):,} of {len(text):,} characters to the terminal's "
                "clipboard, which takes no more; save the text to have all of it."
            )
        else:
            words = f"Sent {len(sent):,} characters to the terminal's clipboard."
        self.notify(words, markup=False)

    def action_save(self) -> None:
        """Ask for a file and write the text there."""
        text = self.query_one(GeneratedText).text
        if not text:
            self.notify("There is no text to save yet.", severity="warning", markup=False)
            return
        prompt = Prompt(
            "Save the text",
            f"{len(text):,} characters, as UTF-8. A relative path starts in {Path.cwd()}.",
            value=self._proposed_name(),
            check=lambda path: "" if path.strip() else "Name a file.",
            yes="Save",
        )
        self.app.push_screen(prompt, lambda path: self._save_to(path, text))

    def _proposed_name(self) -> str:
        name = self._runs.get(self.query_one(GenerationSettings).run_id or "", "text")
        step = f"-step-{self._begun.step}" if self._begun else ""
        return name.replace("/", "-") + step + ".txt"

    def _save_to(self, path: str | None, text: str) -> None:
        if path is not None:
            self._save(Path(path.strip()).expanduser(), text)

    @work(thread=True, group="save")
    def _save(self, path: Path, text: str, *, overwrite: bool = False) -> None:
        try:
            write_text(path, text, overwrite=overwrite)
        except FileStandsError:
            self.app.call_from_thread(self._ask_to_overwrite, path, text)
        except ReportedError as error:
            self.app.call_from_thread(
                self.notify, visible(str(error)), severity="error", markup=False, timeout=10
            )
        else:
            self.app.call_from_thread(
                self.notify, visible(f"{len(text):,} characters are in {path}."), markup=False
            )

    def _ask_to_overwrite(self, path: Path, text: str) -> None:
        question = Confirm(
            f"Write over {path}?",
            "What the file holds now is lost.",
            yes="Write over",
            no="Keep it",
            dangerous=True,
        )

        def answered(yes: bool | None) -> None:
            if yes:
                self._save(path, text, overwrite=True)

        self.app.push_screen(question, answered)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Escape is shown only where there is a field to leave."""
        return action != "leave_field" or not self.query_one(GeneratedText).has_focus

    def action_leave_field(self) -> None:
        """Back to the text, where single letters are keys."""
        self.query_one(GeneratedText).focus()

"""The seed text and the random seed that several texts share, and the process that writes them."""

import os
import secrets
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input, Static

from gru_tui.generation.fields import FIELDS, MOST_RANDOM_SEED
from gru_tui.generation.process import AnyReply, Ended, Failed, Request, Scribe
from gru_tui.generation.shelf import Kept
from gru_tui.panes.text_fields import LineInput
from gru_tui.screens.dialogs import Dialog
from gru_tui.visible import visible

LENGTH = 400  # characters that each text goes on
ASKED = {field.name: field for field in FIELDS if field.name in {"temperature", "random_seed"}}


@dataclass(frozen=True)
class Beginning:
    """What all texts have in common."""

    seed_text: str
    random_seed: int
    temperature: float


class BeginningLines(Vertical):
    """The seed text, and below it temperature and random seed."""

    DEFAULT_CSS = """
    BeginningLines {
        height: 2; margin: 0 0 1 0;
        Horizontal { height: 1; }
        Static { width: auto; padding: 0 1 0 0; color: $text-muted; }
        LineInput { border: none; height: 1; padding: 0 1; background: $panel; margin: 0 2 0 0; }
        #beginning { width: 1fr; margin: 0; }
        #temperature { width: 8; }
        #random_seed { width: 14; margin: 0; }
    }
    """

    def compose(self) -> ComposeResult:
        """The three fields, filled so that Enter is enough."""
        with Horizontal():
            yield Static("seed text  ", markup=False)
            yield LineInput(id="beginning", placeholder="nothing: the model begins", compact=True)
        with Horizontal():
            yield Static("temperature", markup=False)
            yield LineInput(ASKED["temperature"].default, id="temperature", compact=True)
            yield Static("random seed", markup=False)
            yield LineInput(_fresh(), id="random_seed", compact=True)

    @property
    def fault(self) -> str:
        """What is wrong with the fields, "" if nothing."""
        for name, field in ASKED.items():
            if words := field.fault(self._typed(name)):
                return f"{field.label}: {words}"
        return ""

    @property
    def beginning(self) -> Beginning:
        """What they say; an empty random seed gets a number first, which all texts then share."""
        random_seed = ASKED["random_seed"].parse(self._typed("random_seed"))
        if random_seed is None:
            self.renew()
            random_seed = int(self._typed("random_seed"))
        temperature = ASKED["temperature"].parse(self._typed("temperature"))
        return Beginning(self._typed("beginning"), int(random_seed), float(temperature or 0.0))

    def renew(self) -> None:
        """Another random seed."""
        self.query_one("#random_seed", LineInput).value = _fresh()

    def _typed(self, name: str) -> str:
        return self.query_one(f"#{name}", LineInput).value


class TextsDialog(Dialog[None]):
    """Has one process write texts, one after the other, from the same beginning."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+n", "renew", "New random seed", show=False, priority=True),
    ]
    DEFAULT_CSS = """
    TextsDialog > .dialog {
        width: 100%; height: 100%; padding: 1 1 0 1;
        .dialog--buttons { margin: 0; }
    }
    """

    @dataclass
    class Replied(Message):
        """The writing process has said something."""

        reply: AnyReply

    def __init__(self) -> None:
        super().__init__()
        self._scribe = Scribe(self._hand_on)
        self._number = 0  # the text that is being written
        self._first = 1  # the number of this turn's first text
        self._last = 0  # and of its last
        self._waiting: list[Request] = []

    def _hand_on(self, reply: AnyReply) -> None:
        self.post_message(self.Replied(reply))  # from the scribe's thread

    @abstractmethod
    def _writers(self) -> Sequence[Kept]:
        """The checkpoints that write, in their order."""

    @abstractmethod
    def _begin_texts(self, beginning: Beginning) -> None:
        """Empty the panes: a new turn begins."""

    @abstractmethod
    def _take(self, place: int, reply: AnyReply) -> None:
        """What the writer of that place has to say."""

    def on_mount(self) -> None:
        """They write at once; Enter lets them write once more."""
        self.query_one("#beginning").focus()
        self.call_after_refresh(self.write)

    def on_unmount(self) -> None:
        """The writing process goes with the screen, which does not wait for its end."""
        self._scribe.leave()

    def buttons(self) -> ComposeResult:
        """What is wrong, and the three things that one can do."""
        yield Static(id="fault", classes="dialog--fault", markup=False)
        with Horizontal(classes="dialog--buttons"):
            yield Button(Content("Write [enter]"), "primary", id="yes", compact=True)
            yield Button(Content("New random seed [^n]"), id="renew", compact=True)
            yield Button(Content("Close [esc]"), id="no", compact=True)

    @on(Input.Submitted)
    @on(Button.Pressed, "#yes")
    def write(self) -> None:
        """Let all writers write."""
        line = self.query_one(BeginningLines)
        self._say(line.fault)
        if line.fault:
            return
        beginning = line.beginning
        self._begin_texts(beginning)
        self._first = self._last + 1
        self._waiting = [
            self._request(self._first + place, kept, beginning)
            for place, kept in enumerate(self._writers())
        ]
        self._last += len(self._waiting)
        self._ask_next()

    @on(Button.Pressed, "#renew")
    def action_renew(self) -> None:
        """The same with another random seed."""
        self.query_one(BeginningLines).renew()
        self.write()

    @on(Button.Pressed, "#no")
    def leave(self) -> None:
        """Enough."""
        self.dismiss(None)

    @on(Replied)
    def _hear(self, event: Replied) -> None:
        reply = event.reply
        if reply.number != self._number:
            return  # of a turn that was broken off
        self._take(reply.number - self._first, reply)
        if isinstance(reply, Failed):
            self._say(reply.message)
        if isinstance(reply, Ended | Failed):
            self._ask_next()

    def _ask_next(self) -> None:
        if self._waiting:
            request = self._waiting.pop(0)
            self._number = request.number
            self._ask(request)

    @work(thread=True, group="scribe")
    def _ask(self, request: Request) -> None:
        self._scribe.ask(request)

    def _request(self, number: int, kept: Kept, beginning: Beginning) -> Request:
        return Request(
            number=number,
            checkpoint=os.fsencode(kept.path),
            seed_text=beginning.seed_text,
            length=LENGTH,
            temperature=beginning.temperature,
            random_seed=beginning.random_seed,
        )

    def _say(self, words: str) -> None:
        self.query_one("#fault", Static).update(visible(words))


def _fresh() -> str:
    return str(secrets.randbelow(MOST_RANDOM_SEED + 1))

"""Two small questions over any screen: yes or no, and one line of text."""

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from gru_tui.panes.text_fields import LineInput
from gru_tui.visible import visible

Result = TypeVar("Result")
Check = Callable[[str], str]  # the fault of a text as a sentence; "" when there is none


class Dialog(ModalScreen[Result]):
    """A panel in the middle of a dimmed screen. Escape leaves without an answer."""

    DEFAULT_CSS = """
    Dialog {
        align: center middle;
        & > .dialog {
            width: 66;
            max-width: 100%;
            height: auto;
            max-height: 100%;
            padding: 1 2 0 2;
            background: $surface;
            border: round $primary;
            border-title-color: $text-primary;
            border-title-style: bold;
            border-subtitle-color: $text-muted;
        }
        & > .dialog.-dangerous {
            border: round $error;
            border-title-color: $text-error;
        }
        .dialog--words { color: $text-muted; height: auto; margin: 0 0 1 0; }
        .dialog--fault { color: $text-error; height: auto; min-height: 1; }
        .dialog--fault.-fine { color: $text-success; }
        .dialog--buttons {
            height: 1;
            margin: 1 0 1 0;
            align-horizontal: right;
        }
        Select {
            & > SelectCurrent { background: $panel; }
            #label { text-wrap: nowrap; text-overflow: ellipsis; }
            &:focus > SelectCurrent {
                background: $block-cursor-background; color: $block-cursor-foreground;
            }
        }
        /* Only the button that has the focus is filled, with colours and without. */
        .dialog--buttons Button {
            margin: 0 0 0 1;
            min-width: 8;
            color: $foreground;
            background: $surface !important;
            background-tint: transparent;
            text-style: bold;
            &.-primary { color: $text-primary; }
            &.-error { color: $text-error; }
            &:hover { text-style: bold underline; }
            &:focus { text-style: bold reverse; }
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Cancel", show=False),
    ]

    async def action_dismiss(self, result: Result | None = None) -> None:
        """Leave without an answer."""
        self.dismiss(result)

    def on_key(self, event: Key) -> None:
        """Left and right move between the buttons, where no text is being typed."""
        if isinstance(self.focused, Button) and event.key in {"left", "right"}:
            event.stop()
            if event.key == "left":
                self.focus_previous(Button)
            else:
                self.focus_next(Button)


class Confirm(Dialog[bool]):
    """Asks yes or no; y and n answer, and so does Enter on the focused button.

    What cannot be undone is `dangerous`: the focus then starts on "no".
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes", show=False),
        Binding("n,escape", "answer(False)", "No", show=False),
    ]

    def __init__(
        self,
        question: str,
        words: str = "",
        *,
        yes: str = "Yes",
        no: str = "No",
        dangerous: bool = False,
    ) -> None:
        super().__init__()
        self.question, self.words = visible(question), visible(words)
        self.yes, self.no, self.dangerous = visible(yes), visible(no), dangerous

    def compose(self) -> ComposeResult:
        """The question, what follows from a yes, and the two answers."""
        with Vertical(classes="dialog -dangerous" if self.dangerous else "dialog"):
            yield Static(self.question, markup=False, id="question")
            if self.words:
                yield Static(self.words, markup=False, classes="dialog--words")
            with Horizontal(classes="dialog--buttons"):
                yield Button(
                    Content(f"{self.yes} [y]"),
                    "error" if self.dangerous else "primary",
                    id="yes",
                    compact=True,
                )
                yield Button(Content(f"{self.no} [n]"), id="no", compact=True)

    def on_mount(self) -> None:
        """Enter alone never destroys anything."""
        self.query_one("#no" if self.dangerous else "#yes", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """A button is an answer."""
        self.action_answer(event.button.id == "yes")

    def action_answer(self, answer: bool) -> None:
        """Hand the answer back."""
        self.dismiss(answer)


class Prompt(Dialog[str | None]):
    """Asks for one line of text. `check` names its fault while it is typed."""

    def __init__(
        self,
        title: str,
        words: str = "",
        *,
        value: str = "",
        placeholder: str = "",
        check: Check | None = None,
        yes: str = "OK",
    ) -> None:
        super().__init__()
        self.heading, self.words = visible(title), visible(words)
        self.value, self.placeholder, self.yes = value, visible(placeholder), visible(yes)
        self._check: Check = check or (lambda _: "")

    def compose(self) -> ComposeResult:
        """What is asked, the field, its fault, and the two ways out."""
        with Vertical(classes="dialog") as panel:
            panel.border_title = Content(self.heading)
            if self.words:
                yield Static(self.words, markup=False, classes="dialog--words")
            yield LineInput(visible(self.value), placeholder=self.placeholder, id="text")
            yield Static(id="fault", classes="dialog--fault", markup=False)
            with Horizontal(classes="dialog--buttons"):
                yield Button(Content(f"{self.yes} [enter]"), "primary", id="yes", compact=True)
                yield Button(Content("Cancel [esc]"), id="no", compact=True)

    def on_mount(self) -> None:
        """The cursor stands behind the text that is there."""
        self.query_one(LineInput).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say at once what is wrong."""
        self._show_fault(self._check(event.value))

    def on_input_submitted(self) -> None:
        """Enter takes the text, if nothing is wrong with it."""
        self._accept()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The buttons do what their keys do."""
        if event.button.id == "yes":
            self._accept()
        else:
            self.dismiss(None)

    def _accept(self) -> None:
        text = self.query_one(LineInput).value
        fault = self._check(text)
        self._show_fault(fault)
        if not fault:
            self.dismiss(text)

    def _show_fault(self, fault: str) -> None:
        self.query_one("#fault", Static).update(visible(fault))
        self.query_one(LineInput).set_class(bool(fault), "-invalid")


def overwriting(path: Path) -> Confirm:
    """Asks whether a file that stands there already may go."""
    return Confirm(
        f"Write over {path}?",
        "What the file holds now is lost.",
        yes="Write over",
        no="Keep it",
        dangerous=True,
    )

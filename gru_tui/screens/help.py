"""The ? page: every key of the screen below it and of the app, and what the figures mean."""

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import ItemGrid, VerticalScroll
from textual.content import Content
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Static

from gru_tui.actions import SCOPES, Scope, action, actions

FIRST_WORDS = (
    "A run goes on when the app is closed: gru-tui comes back to it. "
    "Tab and shift Tab move between fields; Escape leaves them. "
    "Single letters work where no field has the focus, keys with ^ (Ctrl) everywhere. "
    "What the figures mean stands at the end."
)
FIGURES = (
    (
        "loss",
        "How much the next character surprises the model: -ln of the probability that it gave it, "
        "on average. The lower, the better.",
    ),
    ("ppl", "Perplexity, e to the loss: as unsure as among so many equally likely characters."),
    ("bits", "Bits per character: loss / 0.693. To compare with other programs."),
    (
        "best",
        "The lowest validation loss, measured on the end of the text, which is never trained on. "
        "Where it no longer falls but the training loss does, the model learns by heart.",
    ),
    ("ep, step", "An epoch is a pass over the text, a step one change of all weights."),
)


class HelpScreen(ModalScreen[None]):
    """Any of Escape, q or the key of help closes it."""

    DEFAULT_CSS = """
    HelpScreen {
        align: center middle;
        & > VerticalScroll {
            width: 92; max-width: 100%; height: auto; max-height: 92%;
            padding: 1 1 1 2; background: $surface; border: round $primary;
            border-title-color: $text-primary; border-title-style: bold;
            border-subtitle-color: $text-muted;
            scrollbar-size-vertical: 1;
        }
        ItemGrid { grid-size: 2; grid-columns: 9 1fr; grid-gutter: 0 2; margin: 0 1 1 0; }
        VerticalScroll > Static { height: auto; margin: 0 1 1 0; }
        .help--scope { color: $text-primary; text-style: bold; margin: 0; }
        .help--keys { color: $text-accent; text-style: bold; text-align: right; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Close", show=False),
    ]

    def __init__(self, scope: Scope | None) -> None:
        super().__init__()
        self._scope = scope

    def compose(self) -> ComposeResult:
        """The screen's own keys first."""
        with VerticalScroll() as panel:
            panel.border_title = "Keys"
            panel.border_subtitle = "esc closes"
            yield Static(FIRST_WORDS)
            scopes: list[Scope] = [self._scope] if self._scope else []
            for scope in (*scopes, "app"):
                yield Static(SCOPES[scope], classes="help--scope")
                with ItemGrid():
                    for row in actions(scope):
                        yield Static(row.shown_keys, classes="help--keys", markup=False)
                        yield Static(
                            Content.assemble(row.label, (f"  {row.help}", "$foreground-muted"))
                        )
            yield Static("Figures", classes="help--scope")
            with ItemGrid():
                for name, meaning in FIGURES:
                    yield Static(name, classes="help--keys")
                    yield Static(meaning, markup=False)

    def on_key(self, event: Key) -> None:
        """The key that opened it closes it too, whichever that is."""
        if event.key in action("app.help").keys:
            event.stop()
            self.dismiss(None)

    async def action_dismiss(self, result: Any | None = None) -> None:
        """Close."""
        self.dismiss(None)

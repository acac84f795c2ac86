"""A time-lapse: the same seed text continued by each checkpoint in turn, the oldest first."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from gru_tui.generation.lapse import heading, in_turn
from gru_tui.generation.process import AnyReply, Ended, Written
from gru_tui.generation.shelf import Kept
from gru_tui.panes.sample import SamplePane
from gru_tui.picture import Note
from gru_tui.screens.beginning import Beginning, BeginningLines, TextsDialog
from gru_tui.visible import visible

FEW = 5
KEEP_MORE = "keep_checkpoints=50 keeps more of them"


class TimeLapse(TextsDialog):
    """One block a checkpoint, with step and validation loss above it."""

    DEFAULT_CSS = """
    TimeLapse SamplePane { height: 1fr; }
    """

    def __init__(self, name: str, kept: Sequence[Kept]) -> None:
        super().__init__()
        self._name_of_run = name
        self._kept = in_turn(kept)
        self._beginning = Beginning("", 0, 0.0)
        self._text = ""

    def compose(self) -> ComposeResult:
        """What they have in common, and the texts one below the other."""
        with Vertical(classes="dialog") as panel:
            panel.border_title = Content(f"Time-lapse of {visible(self._name_of_run)}")
            yield BeginningLines()
            yield SamplePane(id="lapse")
            yield from self.buttons()

    def on_mount(self) -> None:
        """How many there are."""
        super().on_mount()
        pane = self.query_one(SamplePane)
        count = len(self._kept)
        pane.border_title = f"{count} checkpoint{'s' if count > 1 else ''}, the oldest first"
        panel = self.query_one(".dialog")
        panel.border_subtitle = KEEP_MORE if count < FEW else ""

    def _writers(self) -> Sequence[Kept]:
        return self._kept

    def _begin_texts(self, beginning: Beginning) -> None:
        self._beginning, self._text = beginning, ""
        self.query_one(SamplePane).add((), afresh=True)

    def _take(self, place: int, reply: AnyReply) -> None:
        if isinstance(reply, Written):
            self._text += reply.text
        elif isinstance(reply, Ended) and reply.complete:
            note = Note("sample", heading(self._kept[place]), self._text, self._beginning.seed_text)
            self.query_one(SamplePane).add([note])
            self._text = ""

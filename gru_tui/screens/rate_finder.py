"""Finding a learning rate: a sweep on a copy, drawn as it goes; one key takes what it suggests."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Static

from corpora.errors import ReportedError
from gru_tui.panes.rate_chart import RateChart
from gru_tui.rate_process import RateProcess
from gru_tui.screens.dialogs import Dialog
from gru_tui.visible import visible

GOING = "The learning rate grows from step to step; where the loss falls fastest it does most good."


class RateFinder(Dialog[float | None]):
    """Dismissed with the accepted rate, or None. The run itself is not touched."""

    DEFAULT_CSS = """
    RateFinder { .dialog { width: 90; } .dialog--words { margin: 1 0 0 0; } }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "accept", "Accept", show=False),
    ]

    def __init__(self, words: Sequence[str], data_dir: Path) -> None:
        """`words` say where the sweep begins, see RateProcess."""
        super().__init__()
        self._words, self._data_dir = words, data_dir
        self._process: RateProcess | None = None
        self._left = False
        self.suggestion: float | None = None

    def compose(self) -> ComposeResult:
        """The chart, what it means, and the two ways out."""
        with Vertical(classes="dialog") as panel:
            panel.border_title = Content("Find a learning rate")
            yield RateChart()
            yield Static(GOING, markup=False, classes="dialog--words")
            with Horizontal(classes="dialog--buttons"):
                yield Button(Content("Accept [a]"), "primary", id="yes", compact=True)
                yield Button(Content("Cancel [esc]"), id="no", compact=True)

    def on_mount(self) -> None:
        """It begins at once."""
        self.query_one("#yes", Button).disabled = True
        self.query_one("#no", Button).focus()
        self._sweep()

    def on_unmount(self) -> None:
        """Nobody looks any more."""
        self._left = True
        if self._process is not None:
            self._process.stop()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The buttons do what their keys do."""
        if event.button.id == "yes":
            self.action_accept()
        else:
            self.dismiss(None)

    def action_accept(self) -> None:
        """Take the suggested rate, once there is one."""
        if self.suggestion is not None:
            self.dismiss(self.suggestion)

    @work(thread=True, group="sweep", exit_on_error=False)
    def _sweep(self) -> None:
        try:
            self._process = process = RateProcess(self._words, self._data_dir)
            for point in process.points():
                if self._left:
                    process.stop()
                    return
                self.app.call_from_thread(self._show, point)
        except ReportedError as error:
            words, suggestion = str(error), None
        else:
            words, suggestion = "", process.suggestion
        if not self._left:
            self.app.call_from_thread(self._end, suggestion, words)

    def _show(self, point: tuple[float, float, float]) -> None:
        for chart in self.query(RateChart):
            chart.add([point])

    def _end(self, suggestion: float | None, fault: str) -> None:
        if not self.is_attached:
            return
        self.suggestion = suggestion
        self.query_one(RateChart).suggest(suggestion)
        if fault:
            words = fault
        elif suggestion is None:
            words = "No rate of these taught the model anything; nothing can be suggested."
        else:
            words = f"Suggested: {suggestion:g}, a tenth of the rate with the lowest loss."
            button = self.query_one("#yes", Button)
            button.disabled = False
            button.focus()
        self.query_one(".dialog--words", Static).update(visible(words))

"""The app on its first screen, and what the tests do and look at there."""

from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Static

from gru_tui.context import Context
from gru_tui.panes.chart import ChartPane
from gru_tui.panes.corpus import CorpusPane
from gru_tui.panes.field_row import FieldRow
from gru_tui.panes.hint import HintLine
from gru_tui.panes.keyline import KeyLine
from gru_tui.panes.sample import SamplePane
from gru_tui.panes.status import StatusLine
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from gru_tui.screens.train import TrainScreen
from gru_tui.terminal.manners import Manners
from tests.app.remembering import Remembering
from tests.app.waiting import until

SMALL = {
    "layers": 1,
    "hidden_size": 16,
    "batch_size": 4,
    "sequence_length": 16,
    "epochs": 0,  # it trains until it is stopped
    "sample_every": 200,
    "sample_length": 60,
    "processes": 1,
    "blas_threads": 1,
}


class OnTrain(Remembering):
    """The app, begun on its first screen."""

    def __init__(
        self, data_dir: Path, run_id: str | None = None, *, manners: Manners | None = None
    ) -> None:
        super().__init__(Context(data_dir, run_id, manners=manners or Manners()))

    @property
    def train(self) -> TrainScreen:
        screen = self._screen_stacks["train"][0]
        assert isinstance(screen, TrainScreen)
        return screen

    @property
    def state(self) -> str:
        return self.train.picture.state if self.train.picture is not None else ""

    @property
    def step(self) -> int:
        return self.train.picture.step if self.train.picture is not None else 0

    def in_force(self, name: str) -> object:
        picture = self.train.picture
        return picture.hyperparameters[name] if picture is not None else None

    @property
    def samples(self) -> SamplePane:
        return self.train.query_one(SamplePane)

    @property
    def sampled(self) -> str:
        return "\n".join("".join(text for text, _ in line) for line in self.samples._lines)

    @property
    def drawn(self) -> str:
        return str(self.train.query_one(ChartPane).render())

    @property
    def chart_is_current(self) -> bool:
        """Whether the curves are those for the chart's present width and unit."""
        chart = self.train.query_one(ChartPane)
        curves = chart._curves
        return curves is None or curves.view == chart.view

    @property
    def hint(self) -> str:
        return str(self.train.query_one(HintLine).render())

    @property
    def status(self) -> str:
        return str(self.train.query_one(StatusLine).render())

    @property
    def keys(self) -> str:
        return str(self.train.query_one(KeyLine).render())

    @property
    def facts(self) -> str:
        pane = self.train.query_one(CorpusPane)
        return str(pane.query_one(".corpus--facts", Static).content)

    def row(self, name: str) -> FieldRow:
        return self.train.query_one(f"#field-{name}", FieldRow)

    def mark(self, name: str) -> str:
        return str(self.row(name).query_one(".field--mark", Static).content)

    def fault(self, name: str) -> str:
        return str(self.row(name).query_one(".field--fault", Static).content)


def runs(app: OnTrain) -> list[Run]:
    return Store(app.context.data_dir).list()


async def ready(pilot: Pilot[Any], app: OnTrain) -> None:
    await until(pilot, lambda: app.facts, "the corpora are listed")


async def set_up(pilot: Pilot[Any], app: OnTrain, source: str, **settings: object) -> None:
    """Choose that corpus and a small model, as a person would in the form."""
    await ready(pilot, app)
    app.train.source = source
    for name, value in {**SMALL, **settings}.items():
        app.train.draft.type(name, str(value))
    app.train.show_draft()


async def begin(pilot: Pilot[Any], app: OnTrain, source: str, **settings: object) -> Run:
    """Set up, start, and wait until it trains, or has."""
    await set_up(pilot, app, source, **settings)
    await pilot.press("ctrl+s")
    going = {"running", "finished"}
    await until(pilot, lambda: app.state in going and app.step > 0, "it trains")
    return runs(app)[-1]


async def edit(pilot: Pilot[Any], app: OnTrain, name: str, text: str) -> None:
    """Go to that field and type over what stands there; the focus stays in it."""
    app.row(name).entry.focus()
    await until(pilot, lambda: app.row(name).entry.has_focus)
    await pilot.press("home", "shift+end", *text)
    await until(pilot, lambda: app.train.draft.text(name) == text, f"{text} stands in {name}")

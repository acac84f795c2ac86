"""Pictures of the three screens, compared with those that a person has looked at.

`pytest tests/app/test_snapshots.py --snapshot-update` draws them anew: look at them before
they are committed.
"""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import textual
from textual.pilot import Pilot
from textual.widgets import Static

from gru_tui.facts import Facts
from gru_tui.panes import run_detail, run_table
from gru_tui.runs.store import Store
from gru_tui.steering import Steering
from gru_tui.terminal.manners import Manners
from tests.app.made_up_run import BEGAN, made_up_run
from tests.app.on_train import OnTrain
from tests.app.runs_on_disk import RIVER
from tests.app.waiting import until

DRAWN_WITH = "8.2.8"
LOOKS = {
    "60x20": ((60, 20), Manners(), ""),
    "80x24": ((80, 24), Manners(), ""),
    "120x40": ((120, 40), Manners(), ""),
    "200x50": ((200, 50), Manners(), ""),
    "120x40-light": ((120, 40), Manners(), "textual-light"),
    "80x24-plain": ((80, 24), Manners(ascii=True, coloured=False), ""),
}
CORPORA = [
    Facts(
        "sonnets",
        "sonnets",
        characters=110_000,
        vocabulary=63,
        preview="Three Hartleys, one beneath the next.\nThe man who cut them in had known them.",
    ),
    Facts("python", "python", hint="about 8 MB"),
    Facts("dyck", "dyck", hint="300 KB", entropy_rate=1.302),
    Facts("rivers", "rivers", characters=1_920, vocabulary=18, preview=RIVER[:200]),
]
Snapshot = Callable[..., bool]

pytestmark = [
    pytest.mark.skipif(
        textual.__version__ != DRAWN_WITH,
        reason=f"drawn with Textual {DRAWN_WITH}; another one may draw a frame otherwise",
    ),
    pytest.mark.parametrize("look", LOOKS),
]


@pytest.fixture(autouse=True)
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that a clock, a terminal or this machine's Python says is in the pictures."""
    clock = SimpleNamespace(time=lambda: BEGAN + 3600 * 25)
    for module in (run_table, run_detail):
        monkeypatch.setattr(module, "time", clock)
    monkeypatch.setattr(Steering, "corpora", lambda _: CORPORA)
    known = {facts.source: facts for facts in CORPORA}
    monkeypatch.setattr(Steering, "load", lambda _, source: known[source])
    monkeypatch.delenv("NO_COLOR", raising=False)


class Looked:
    """Compares the app, in one of the looks, with its picture."""

    def __init__(self, compare: Snapshot, data_dir: Path, look: str) -> None:
        self._compare, self._size = compare, LOOKS[look][0]
        self._app = OnTrain(data_dir, manners=LOOKS[look][1])
        self._theme = LOOKS[look][2]

    def after(self, *keys: str, when: Callable[[OnTrain], object]) -> bool:
        """Press the keys, wait for that, compare."""

        async def wait(pilot: Pilot[Any]) -> None:
            app = self._app
            app.theme = self._theme or app.theme
            await until(pilot, lambda: app.facts, "the corpora are listed")
            await pilot.press(*keys)
            await until(pilot, lambda: when(app), "the screen is as it is to be")
            await until(
                pilot, lambda: app.chart_is_current, "the chart has the points it asked for"
            )

        return self._compare(self._app, terminal_size=self._size, run_before=wait)


@pytest.fixture
def looked(snap_compare: Snapshot, tmp_path: Path, look: str) -> Looked:
    return Looked(snap_compare, tmp_path, look)


def words(app: OnTrain, selector: str) -> str:
    return str(app.screen.query_one(selector, Static).content)


def test_train_without_a_run(looked: Looked) -> None:
    assert looked.after(when=lambda app: "110,000" in app.facts)


def test_train_with_a_finished_run(looked: Looked, tmp_path: Path) -> None:
    made_up_run(Store(tmp_path))

    def complete(app: OnTrain) -> bool:
        samples = app.train.cramped or "step 470" in app.sampled  # cramped: not their turn
        return samples and "0.006 → 0.003" in app.drawn

    assert looked.after(when=complete)


def test_runs(looked: Looked, tmp_path: Path) -> None:
    made_up_run(Store(tmp_path))
    assert looked.after("2", when=lambda app: app.state and "made up" in words(app, "#detail"))


def test_generate(looked: Looked, tmp_path: Path) -> None:
    made_up_run(Store(tmp_path))
    ready = "epoch 5"
    assert looked.after(
        "3", when=lambda app: app.state and ready in words(app, "#checkpoint-words")
    )

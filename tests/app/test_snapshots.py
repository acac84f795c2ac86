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
from tests.app.made_up_run import BEGAN, made_up_run
from tests.app.on_train import OnTrain
from tests.app.runs_on_disk import RIVER
from tests.app.waiting import until

DRAWN_WITH = "8.2.8"
SIZES = [(80, 24), (120, 40)]
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
    pytest.mark.parametrize("size", SIZES, ids=["80x24", "120x40"]),
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


def shown(condition: Callable[[OnTrain], object], *keys: str) -> Callable[[Pilot[Any]], Any]:
    """Press the keys and wait for that before the picture is taken."""

    async def wait(pilot: Pilot[Any]) -> None:
        app = pilot.app
        assert isinstance(app, OnTrain)
        await until(pilot, lambda: app.facts, "the corpora are listed")
        await pilot.press(*keys)
        await until(pilot, lambda: condition(app), "the screen is as it is to be")
        await until(pilot, lambda: app.chart_is_current, "the chart has the points it asked for")

    return wait


def words(app: OnTrain, selector: str) -> str:
    return str(app.screen.query_one(selector, Static).content)


def test_train_without_a_run(snap_compare: Snapshot, tmp_path: Path, size: tuple[int, int]) -> None:
    ready = shown(lambda app: "110,000" in app.facts)
    assert snap_compare(OnTrain(tmp_path), terminal_size=size, run_before=ready)


def test_train_with_a_finished_run(
    snap_compare: Snapshot, tmp_path: Path, size: tuple[int, int]
) -> None:
    made_up_run(Store(tmp_path))
    ready = shown(lambda app: "0.006 → 0.003" in app.drawn and "step 470" in app.sampled)
    assert snap_compare(OnTrain(tmp_path), terminal_size=size, run_before=ready)


def test_runs(snap_compare: Snapshot, tmp_path: Path, size: tuple[int, int]) -> None:
    made_up_run(Store(tmp_path))
    ready = shown(lambda app: app.state and "made up" in words(app, "#detail"), "2")
    assert snap_compare(OnTrain(tmp_path), terminal_size=size, run_before=ready)


def test_generate(snap_compare: Snapshot, tmp_path: Path, size: tuple[int, int]) -> None:
    made_up_run(Store(tmp_path))
    ready = shown(lambda app: app.state and "epoch 5" in words(app, "#checkpoint-words"), "3")
    assert snap_compare(OnTrain(tmp_path), terminal_size=size, run_before=ready)

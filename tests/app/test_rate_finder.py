"""Finding a learning rate from the Train screen: real sweeps in real processes."""

from pathlib import Path

import pytest

from gru_tui.panes.rate_chart import RateChart
from gru_tui.runs.store import Store
from gru_tui.screens.rate_finder import RateFinder
from tests.app.made_up_run import made_up_run
from tests.app.on_train import OnTrain, set_up
from tests.app.runs_on_disk import RIVER
from tests.app.waiting import until


@pytest.fixture
def river(tmp_path: Path) -> str:
    path = tmp_path / "river.txt"
    path.write_text(RIVER * 4, encoding="utf-8")
    return str(path)


async def test_a_sweep_is_drawn_and_its_rate_put_into_the_form(tmp_path: Path, river: str) -> None:
    app = OnTrain(tmp_path / "home")
    async with app.run_test(size=(80, 24)) as pilot:
        await set_up(pilot, app, river)
        await pilot.press("i")
        await until(pilot, lambda: isinstance(app.screen, RateFinder), "the dialog")
        finder = app.screen
        assert isinstance(finder, RateFinder)
        await until(pilot, lambda: finder.suggestion is not None, "a suggestion")
        assert "0.0001" in str(finder.query_one(RateChart).render())
        await pilot.press("a")
        await until(pilot, lambda: app.screen is app.train, "the dialog closed")
        assert finder.suggestion is not None
        assert float(app.train.draft.text("learning_rate")) == finder.suggestion
        assert Store(tmp_path / "home").all() == []


async def test_esc_ends_the_sweep_and_its_process(tmp_path: Path, river: str) -> None:
    app = OnTrain(tmp_path / "home")
    async with app.run_test(size=(60, 20)) as pilot:
        await set_up(pilot, app, river, hidden_size=128, sequence_length=128)
        await pilot.press("i")
        await until(pilot, lambda: isinstance(app.screen, RateFinder), "the dialog")
        finder = app.screen
        assert isinstance(finder, RateFinder)
        await until(pilot, lambda: finder._process is not None, "the process")
        before = app.train.draft.text("learning_rate")
        await pilot.press("a")  # too early in a sweep this slow: nothing is there to accept
        assert isinstance(app.screen, RateFinder)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.train, "the dialog closed")
        process = finder._process
        assert process is not None
        await until(pilot, lambda: process._process.poll() is not None, "the process is gone")
        assert app.train.draft.text("learning_rate") == before


async def test_what_stands_in_the_way_is_said_in_the_dialog(tmp_path: Path) -> None:
    made_up_run(Store(tmp_path))
    (tmp_path / "runs" / "261124-210512" / "checkpoints" / "last.safetensors").unlink()
    app = OnTrain(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.state, "the run")
        await pilot.press("i")
        await until(pilot, lambda: isinstance(app.screen, RateFinder), "the dialog")
        words = app.screen.query_one(".dialog--words")
        await until(pilot, lambda: "has no checkpoint" in str(words.render()), "the fault")

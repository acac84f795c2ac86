"""Keys that come before it is known which run is shown, or how it stands."""

import pytest

from corpora.errors import ReportedError
from engine.hyperparameters import Hyperparameters
from gru_tui.runs.store import Store
from gru_tui.screens.train import TrainScreen
from gru_tui.steering import Steering
from gru_tui.watching import Watcher
from tests.app.made_up_run import made_up_run
from tests.app.on_train import OnTrain, ready, runs
from tests.app.waiting import until


async def test_start_waits_until_it_is_known_that_there_is_no_run(
    app: OnTrain, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []

    def start(_: Steering, source: str, __: Hyperparameters) -> str:
        started.append(source)
        raise ReportedError("enough of it")

    monkeypatch.setattr(Steering, "start", start)
    find = TrainScreen.find_run
    monkeypatch.setattr(TrainScreen, "find_run", lambda screen: None)  # it takes its time
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        assert (app.status, "Looking for runs" in app.drawn) == ("looking for runs …", True)
        await pilot.press("ctrl+s")
        assert started == []
        find(app.train)
        await until(pilot, lambda: started == ["sonnets"], "it starts then")


async def test_start_does_not_start_beside_a_run_that_is_still_being_opened(
    app: OnTrain, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_up_run(Store(app.context.data_dir))
    follow = Watcher.follow
    monkeypatch.setattr(Watcher, "follow", lambda watcher: None)  # a long history
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        await until(pilot, lambda: app.train.run_id is not None and app.status == "opening …")
        await pilot.press("ctrl+s", "d", "i")
        await pilot.pause()
        assert len(runs(app)) == 1
        assert app.screen is app.train
        watcher = app.train._watcher
        assert watcher is not None
        app.train.run_worker(lambda: follow(watcher), thread=True)
        await until(pilot, lambda: app.state != "", "it is opened")
        assert app.status != "opening …"

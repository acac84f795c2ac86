"""What lives as long as the app is not gone through again and again by the collector."""

import gc
from collections.abc import Iterator

import pytest

from gru_tui.screens.settled import Settled
from tests.app.on_train import OnTrain, ready
from tests.app.waiting import until


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """Off, as `launch` leaves it for the app."""
    gc.disable()
    yield
    gc.unfreeze()
    gc.enable()


async def test_the_collector_leaves_the_screen_alone_until_the_app_ends(app: OnTrain) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        screen = app.train
        await until(pilot, gc.isenabled, "the collector is back")
        assert not any(known is screen for known in gc.get_objects())
    assert any(known is screen for known in gc.get_objects())
    assert gc.get_freeze_count() == 0


async def test_an_app_that_ends_before_its_first_frame_leaves_the_collector_on(
    app: OnTrain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Settled, "_settle", lambda self: None)
    async with app.run_test():
        assert not gc.isenabled()
    assert gc.isenabled()

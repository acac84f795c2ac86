"""What lives as long as the app is not gone through again and again by the collector."""

import gc

from tests.app.on_train import OnTrain, ready
from tests.app.waiting import until


async def test_the_collector_leaves_the_screen_alone_until_the_app_ends(app: OnTrain) -> None:
    gc.disable()  # as `launch` does
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        screen = app.train
        await until(pilot, gc.isenabled, "the collector is back")
        assert not any(known is screen for known in gc.get_objects())
    assert any(known is screen for known in gc.get_objects())
    assert gc.get_freeze_count() == 0

from types import SimpleNamespace

import pytest

from engine import stopwatch
from engine.stopwatch import Stopwatch


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The clock that the stopwatch sees; the test sets its `now`."""
    clock = SimpleNamespace(now=100.0)
    clock.monotonic = lambda: clock.now
    monkeypatch.setattr(stopwatch, "time", clock)
    return clock


def test_a_pause_does_not_count_and_what_came_before_it_does(clock: SimpleNamespace) -> None:
    watch = Stopwatch(5.0)
    clock.now = 103.0
    assert watch.seconds == 8
    for now in (103.0, 200.0):  # held again and again, as long as the pause lasts
        clock.now = now
        watch.hold()
    assert watch.seconds == 8
    clock.now = 300.0
    watch.go_on()
    clock.now = 310.0
    watch.go_on()
    assert watch.seconds == 18


def test_it_may_have_begun_before_it_was_made(clock: SimpleNamespace) -> None:
    assert Stopwatch(started=90.0).seconds == 10

"""How long a few steps take: the quickest of those that fit, on a clock that does not tick."""

import pytest

from engine import Hyperparameters, rehearsal
from engine.machine import Split
from engine.rehearsal import Rehearsal

SMALL = Hyperparameters(layers=1, hidden_size=4, batch_size=2, sequence_length=4)
USUAL = 0.125  # seconds of a step, a number that adds up without an error


class Clock:
    """Goes on by what each step takes; this process has `share` of that time."""

    def __init__(self, *steps: float, share: float = 1.0) -> None:
        self.to_come, self.share = list(steps), share
        self.now, self.done = 1000.0, 0

    def monotonic(self) -> float:
        return self.now

    def process_time(self) -> float:
        return self.now * self.share

    def step(self) -> float:
        took = self.to_come.pop(0) if self.to_come else USUAL
        self.now += took
        self.done += 1
        return took


def quickest(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, seconds: float, *too_slow: float
) -> tuple[float, bool]:
    with Rehearsal(SMALL, Split(1, 1), 5) as small, monkeypatch.context() as patch:
        patch.setattr(rehearsal, "time", clock)
        patch.setattr(Rehearsal, "step", clock.step)
        return small.quickest_step(seconds, *too_slow)


def test_the_first_step_does_not_count_and_a_second_is_made_however_little_time_there_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock(0.01, 3.0)
    assert quickest(clock, monkeypatch, 0.0) == (3.0, True)
    assert clock.done == 2


def test_the_quickest_of_all_steps_that_begin_in_time_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock(1.0, 0.5, 0.25, 0.0625, 0.25, 0.5)
    assert quickest(clock, monkeypatch, 2.5) == (0.0625, True)
    assert clock.done == 6


def test_a_model_that_is_too_slow_is_given_up_after_a_part_of_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given_up = Clock()
    assert quickest(given_up, monkeypatch, 4.0, USUAL / 2) == (USUAL, True)
    assert given_up.now == 1000.0 + 4.0 * rehearsal.ENOUGH + USUAL
    for clock in (Clock(), Clock(USUAL, 2 * USUAL)):  # the one is as slow as it may be
        assert quickest(clock, monkeypatch, 4.0, USUAL) == (USUAL, True)
        assert clock.now == 1004.0


@pytest.mark.parametrize(("share", "undisturbed"), [(2.0, True), (0.9375, True), (0.875, False)])
def test_who_has_not_had_most_of_the_time_was_disturbed(
    share: float, undisturbed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert quickest(Clock(share=share), monkeypatch, 2.0) == (USUAL, undisturbed)

"""A run with a time budget ends within it, also when its validation takes long."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from engine import Hyperparameters, Trainer
from engine.budget import Closing
from engine.events import Step, Validation
from engine.stopwatch import Stopwatch
from tests.engine.test_trainer import VERSE, with_settings

STEP = 0.1  # seconds
BUDGET = 10.0


class Clock:
    """Stands still except while the layout works."""

    now = 0.0

    def times(self, work: Callable[..., Any], seconds: float) -> Callable[..., Any]:
        """`work`, which takes so long by this clock."""

        def working(*arguments: Any) -> Any:
            self.now += seconds
            return work(*arguments)

        return working

    def rule(self, trainer: Trainer) -> None:
        """Let a character take three times as long to learn from as to predict."""
        layout = trainer.layout
        validation = STEP / 3 * layout.validation_characters / layout.exchange.inputs.size
        assert 2 < validation < BUDGET / 2
        layout.train = self.times(layout.train, STEP)  # type: ignore[method-assign]
        layout.validate = self.times(layout.validate, validation)  # type: ignore[method-assign]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    slow = SimpleNamespace(monotonic=lambda: clock.now, time=lambda: clock.now)
    for module in ("engine.trainer", "engine.stopwatch"):
        monkeypatch.setattr(f"{module}.time", slow)
    return clock


def timed() -> Hyperparameters:
    """Settings of a run that does not validate before its end."""
    return with_settings(
        steps=0,
        max_seconds=BUDGET,
        validation_fraction=0.5,
        batch_size=1,
        sequence_length=16,
        validate_every=10**6,
        sample_length=1,
    )


def test_a_validation_that_was_never_measured_ends_within_the_budget(clock: Clock) -> None:
    with Trainer(VERSE, timed()) as trainer:
        clock.rule(trainer)
        events = list(trainer)
    assert sum(isinstance(event, Validation) for event in events) == 1
    assert trainer.seconds <= BUDGET
    assert trainer.seconds > 0.9 * BUDGET
    steps = [event for event in events if isinstance(event, Step)]
    assert steps[-1].learning_rate < 0.02 * timed().learning_rate


def test_a_resumed_run_ends_within_the_rest_of_its_budget(clock: Clock, tmp_path: Path) -> None:
    with Trainer(VERSE, timed(), folder=tmp_path) as trainer:
        clock.rule(trainer)
        while trainer.step < 40:
            next(trainer)
        trainer.save()
    with Trainer.resume(tmp_path / "last.safetensors", VERSE) as resumed:
        assert resumed.seconds == pytest.approx(40 * STEP)
        clock.rule(resumed)
        list(resumed)
    assert 0.9 * BUDGET < resumed.seconds <= BUDGET


def test_a_pause_does_not_count_and_what_was_before_it_does(clock: Clock) -> None:
    watch = Stopwatch(10.0)
    clock.now += 3
    watch.hold()
    clock.now += 5
    watch.hold()
    assert watch.seconds == 13
    for _ in range(2):
        watch.go_on()
        clock.now += 2
    assert watch.seconds == 17


def test_what_was_measured_goes_before_what_was_expected() -> None:
    closing = Closing(3000)
    assert closing.seconds(100) == 0
    closing.trained(100, 50.0)  # starts the processes
    assert closing.seconds(100) == 0
    closing.trained(100, 1.0)
    assert closing.seconds(100) == pytest.approx(1.2 * 10 + 0.1)
    assert closing.seconds(20) == 10
    closing.validated(20.0)
    assert closing.seconds(20) == pytest.approx(1.2 * 20 + 0.1)


def test_without_a_validation_part_nothing_is_set_aside() -> None:
    closing = Closing(0)
    for _ in range(2):
        closing.trained(100, 1.0)
    assert closing.seconds(100) == 0

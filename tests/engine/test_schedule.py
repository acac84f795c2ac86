import pytest

from engine.events import Step
from engine.hyperparameters import Hyperparameters
from engine.position import Position
from engine.schedule import learning_rate, part_of_time, progress
from engine.stopwatch import Stopwatch
from engine.trainer import Trainer

BASE = Hyperparameters(learning_rate=1.0, warm_up=0, schedule="constant", epochs=0)

TINY = {
    **BASE.to_mapping(),
    "learning_rate": 1e-3,
    "layers": 1,
    "hidden_size": 4,
    "batch_size": 2,
    "sequence_length": 8,
    "sample_length": 1,
}


def rate(done: float, step: int = 10**6, **settings: object) -> float:
    return learning_rate(Hyperparameters.from_mapping(settings, BASE), step, done)


def test_constant_stays() -> None:
    assert [rate(done) for done in (0, 0.5, 1)] == [1, 1, 1]


def test_cosine_and_linear_fall_to_the_end_value() -> None:
    assert rate(0, schedule="cosine") == 1
    assert rate(0.5, schedule="cosine") == pytest.approx(0.5)
    assert rate(1, schedule="cosine", final_learning_rate=0.1) == pytest.approx(0.1)
    assert rate(0.5, schedule="cosine", final_learning_rate=0.1) == pytest.approx(0.55)
    assert rate(0.25, schedule="linear") == 0.75
    assert rate(1, schedule="linear", final_learning_rate=0.2) == pytest.approx(0.2)


@pytest.mark.parametrize("schedule", ["constant", "cosine", "linear"])
def test_warm_up_rises_to_the_full_rate(schedule: str) -> None:
    rates = [rate(0, step, schedule=schedule, warm_up=4) for step in range(6)]
    assert rates == [0.25, 0.5, 0.75, 1, 1, 1]


def test_the_nearest_bound_decides_how_far_the_run_is() -> None:
    settings = Hyperparameters(steps=100, epochs=10, max_seconds=1000)
    assert progress(settings, 50, 1, 0.01) == 0.5
    assert progress(settings, 1, 9, 0.01) == 0.9
    assert progress(settings, 1, 1, 0.7) == 0.7
    assert progress(settings, 500, 1, 0.1) == 1
    assert progress(Hyperparameters(epochs=0), 500, 500, 0.9) == 0


def test_the_last_seconds_of_a_time_budget_are_for_the_last_validation() -> None:
    settings = Hyperparameters(max_seconds=100)
    assert part_of_time(settings, Position(), 45, 10) == pytest.approx(0.5)
    assert part_of_time(settings, Position(), 95, 10) > 1
    assert part_of_time(settings, Position(), 0, 200) == 1


class Clock(Stopwatch):
    """Goes as a test wants it."""

    now = 0.0

    @property
    def seconds(self) -> float:
        return self.now


def rates(trainer: Trainer, clock: Clock, until: float) -> list[float]:
    """The learning rates of the steps of 0.1 s each, until that time or the run's end."""
    trainer.stopwatch, found = clock, []
    for event in trainer:
        if isinstance(event, Step):
            clock.now += 0.1
            found.append(event.learning_rate)
            if clock.now > until:
                break
    return found


@pytest.mark.parametrize("schedule", ["linear", "cosine"])
@pytest.mark.parametrize("budget", [6.0, 20.0])
def test_a_new_time_budget_moves_the_slope_and_never_the_rate(schedule: str, budget: float) -> None:
    settings = Hyperparameters.from_mapping({**TINY, "schedule": schedule, "max_seconds": 10})
    with Trainer("abc " * 200, settings) as trainer:
        clock = Clock()
        before = rates(trainer, clock, until=4)
        trainer.change({"max_seconds": budget})
        after = rates(trainer, clock, until=100)
        assert trainer.seconds == pytest.approx(budget, abs=0.6)
    together = [*before, *after]
    assert together == sorted(together, reverse=True)
    assert after[0] == pytest.approx(before[-1], rel=0.05)
    assert after[-1] < 0.05 * together[0]


def test_a_time_budget_given_to_a_run_in_epochs_takes_over_from_where_its_rate_is() -> None:
    settings = Hyperparameters.from_mapping({**TINY, "schedule": "linear", "epochs": 10})
    with Trainer("abc " * 200, settings) as trainer:
        clock = Clock()
        before = rates(trainer, clock, until=1.5)
        trainer.change({"max_seconds": 30, "epochs": 0})
        after = rates(trainer, clock, until=100)
        assert trainer.seconds == pytest.approx(30, abs=0.6)
    together = [*before, *after]
    assert together == sorted(together, reverse=True)
    assert after[0] == pytest.approx(before[-1], rel=0.05)


def test_a_run_at_its_end_goes_by_the_whole_of_a_longer_budget() -> None:
    settings = Hyperparameters.from_mapping({**TINY, "schedule": "linear", "max_seconds": 5})
    with Trainer("abc " * 200, settings) as trainer:
        clock = Clock()
        rates(trainer, clock, until=100)
        trainer.change({"max_seconds": 10})
        assert rates(trainer, clock, until=100)[0] == pytest.approx(0.0005, rel=0.1)


def test_a_short_run_is_warm_after_a_fifth_of_it() -> None:
    settings = Hyperparameters(schedule="constant", warm_up=1000)
    assert learning_rate(settings, 9, 0.1) == pytest.approx(settings.learning_rate / 2)
    assert learning_rate(settings, 19, 0.2) == settings.learning_rate

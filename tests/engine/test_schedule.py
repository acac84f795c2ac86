import pytest

from engine.hyperparameters import Hyperparameters
from engine.schedule import learning_rate, progress

BASE = Hyperparameters(learning_rate=1.0, warm_up=0, schedule="constant", epochs=0)


def rate(done: float, step: int = 10**6, **settings: object) -> float:
    return learning_rate(Hyperparameters.from_mapping(settings, BASE), step, done)


def test_constant_stays() -> None:
    assert [rate(done) for done in (0, 0.5, 1)] == [1, 1, 1]


def test_cosine_and_linear_fall_to_the_end_value() -> None:
    assert rate(0, schedule="cosine") == 1
    assert rate(0.5, schedule="cosine") == pytest.approx(0.5)
    assert rate(1, schedule="cosine", final_learning_rate=0.1) == pytest.approx(0.1)
    assert rate(0.25, schedule="linear") == 0.75
    assert rate(1, schedule="linear", final_learning_rate=0.2) == pytest.approx(0.2)


@pytest.mark.parametrize("schedule", ["constant", "cosine", "linear"])
def test_warm_up_rises_to_the_full_rate(schedule: str) -> None:
    rates = [rate(0, step, schedule=schedule, warm_up=4) for step in range(6)]
    assert rates == [0.25, 0.5, 0.75, 1, 1, 1]


def test_the_nearest_bound_decides_how_far_the_run_is() -> None:
    settings = Hyperparameters(steps=100, epochs=10, max_seconds=1000)
    assert progress(settings, 50, 1, 10) == 0.5
    assert progress(settings, 1, 9, 10) == 0.9
    assert progress(settings, 1, 1, 700) == 0.7
    assert progress(settings, 500, 1, 1) == 1
    assert progress(Hyperparameters(epochs=0), 500, 500, 500) == 0


def test_a_short_run_is_warm_after_a_fifth_of_it() -> None:
    settings = Hyperparameters(schedule="constant", warm_up=1000)
    assert learning_rate(settings, 9, 0.1) == pytest.approx(settings.learning_rate / 2)
    assert learning_rate(settings, 19, 0.2) == settings.learning_rate

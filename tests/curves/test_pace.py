"""The time that is left, against runs whose end is known: within 10 % once 5 % is done."""

import random
from collections.abc import Iterator
from typing import Any

import pytest

from engine.events import AnyEvent, State, Step, Validation
from gru_tui.curves.pace import Pace

STEPS_OF_AN_EPOCH = 200


def history(
    *,
    each: float,
    end: int,
    validation: float,
    every: int = STEPS_OF_AN_EPOCH,
    startup: float = 1.5,
    jitter: float = 0.1,
    sample: float = 0.0,
) -> Iterator[AnyEvent]:
    """The events of a run of `end` steps, at most ten a second, as the trainer writes them."""
    dice = random.Random(7)
    seconds, told = startup, startup
    yield State(state="running", seconds=seconds)

    def at(step: int) -> dict[str, Any]:
        return {"step": step, "epoch": step / STEPS_OF_AN_EPOCH, "seconds": seconds}

    for step in range(1, end + 1):
        seconds += each * (1 + jitter * (2 * dice.random() - 1))
        if step % 50 == 0:
            seconds += sample
        due = step % every == 0 or step == end
        if seconds - told > 0.1 or due:
            told = seconds
            yield Step(
                **at(step),
                loss=1.0,
                perplexity=2.7,
                learning_rate=0.1,
                gradient_norm=1.0,
                characters_per_second=1.0,
            )
        if due:
            seconds += validation
            yield Validation(
                **at(step), loss=1.0, perplexity=2.7, bits_per_character=1.4, best=True
            )


CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "default": ({"epochs": 10}, {"each": 0.04, "end": 2000, "validation": 0.3}),
    "long": ({"epochs": 40}, {"each": 0.2, "end": 8000, "validation": 1.5}),
    "short, with much starting": (
        {"epochs": 2},
        {"each": 0.05, "end": 400, "validation": 0.4, "startup": 5.0},
    ),
    "by steps": ({"steps": 900, "epochs": 0}, {"each": 0.1, "end": 900, "validation": 0.8}),
    "steps come before epochs": (
        {"steps": 500, "epochs": 10},
        {"each": 0.1, "end": 500, "validation": 0.8},
    ),
    "large validation part": (
        {"epochs": 4, "validation_fraction": 0.5},
        {"each": 0.1, "end": 800, "validation": 7.0},
    ),
    "validated often": (
        {"epochs": 4, "validate_every": 10},
        {"each": 0.1, "end": 800, "validation": 0.8, "every": 10},
    ),
    "samples take time": (
        {"epochs": 10},
        {"each": 0.05, "end": 2000, "validation": 0.4, "sample": 0.5},
    ),
    "large steps": ({"epochs": 3}, {"each": 4.0, "end": 600, "validation": 30.0}),
}


@pytest.mark.parametrize("name", CASES)
def test_it_is_within_a_tenth_once_a_twentieth_is_done(name: str) -> None:
    settings, shape = CASES[name]
    settings = {"validation_fraction": 0.1, **settings}
    events = list(history(**shape))
    end, begun = events[-1].seconds, events[0].seconds
    pace, looked_at = Pace(), 0
    for event in events:
        pace.take([event])
        done = (event.seconds - begun) / (end - begun)
        truth = end - event.seconds
        if isinstance(event, Step) and 0.05 <= done < 1 and truth > 1:
            found = pace.left(settings)
            assert found is not None
            looked_at += 1
            off = abs(found - truth)
            assert off <= 0.1 * truth + 0.5 + shape["each"], (done, found, truth)
    assert looked_at > 20


def test_max_seconds_is_counted_down() -> None:
    pace = Pace()
    events = list(history(each=0.1, end=100, validation=0.5))
    pace.take(events)
    now = events[-1].seconds
    assert pace.left({"max_seconds": now + 30, "epochs": 0}) == pytest.approx(30)
    assert pace.left({"max_seconds": now - 1}) == 0


def test_after_a_change_of_speed_the_new_pace_counts() -> None:
    pace = Pace()
    slow, fast = 300, 300
    seconds = 1.0
    pace.take([State(state="running", seconds=seconds)])
    for step in range(1, slow + fast + 1):
        seconds += 0.4 if step <= slow else 0.1
        pace.take([_step(step, seconds)])
    before = pace.left({"steps": 1000})
    for step in range(slow + fast + 1, slow + fast + 1201):
        seconds += 0.1
        pace.take([_step(step, seconds)])
    after = pace.left({"steps": 2800, "validation_fraction": 0.0})
    assert before is not None
    assert after == pytest.approx(100, rel=0.1)


def test_a_pause_and_a_resume_change_nothing_and_a_new_life_begins_anew() -> None:
    pace = Pace()
    pace.take(history(each=0.1, end=100, validation=0.5))
    before = pace.left({"steps": 400})
    pace.take([State(state="paused", step=100, epoch=0.5, seconds=12.0)])
    pace.take([State(state="running", step=100, epoch=0.5, seconds=12.0)])
    assert pace.left({"steps": 400}) == before
    pace.take([State(state="running", step=60, epoch=0.3, seconds=20.0)])
    assert pace.left({"steps": 400}) is None, "nothing is known of the new life's pace yet"


def test_without_a_bound_or_a_step_there_is_nothing_to_say() -> None:
    pace = Pace()
    assert pace.left({"epochs": 10}) is None
    pace.take(history(each=0.1, end=100, validation=0.5))
    assert pace.left({"epochs": 0, "steps": 0, "max_seconds": 0.0}) is None


def test_a_long_run_is_remembered_in_little() -> None:
    pace = Pace()
    pace.take([State(state="running", seconds=1.0)])
    pace.take(_step(step, 1 + step / 10) for step in range(1, 20_000))
    assert len(pace._waypoints) <= 256
    assert pace.left({"steps": 40_000, "validation_fraction": 0.0}) == pytest.approx(2000, rel=0.02)


def _step(step: int, seconds: float) -> Step:
    return Step(
        step=step,
        epoch=step / STEPS_OF_AN_EPOCH,
        seconds=seconds,
        loss=1.0,
        perplexity=2.7,
        learning_rate=0.1,
        gradient_norm=1.0,
        characters_per_second=1.0,
    )

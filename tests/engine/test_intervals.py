"""When a run measures itself."""

from itertools import pairwise

import numpy as np
import pytest

from engine import Hyperparameters, Trainer, intervals
from engine.batches import Batches
from engine.events import CheckpointSaved, Event, Validation

TEXT = "She sells sea shells by the sea shore; the shells she sells are sea shells.\n" * 8
# One character a step: every epoch begins at offset 0 and so has 34 steps.
TINY = {"hidden_size": 8, "layers": 1, "batch_size": 16, "sequence_length": 1, "epochs": 0}
# Characters with which the last step of an epoch fits at offset 0 and at few others, by streams.
JUST_FITS = {1: 574, 2: 1142}


def events(steps: int, **settings: object) -> list[tuple[str, int]]:
    """The validations and checkpoints of a run whose time is over after so many steps."""
    timed = Hyperparameters.from_mapping({**TINY, "max_seconds": 1000, **settings})
    with Trainer(TEXT, timed) as trainer:
        trainer.pace = lambda: trainer.step / steps
        return [
            ("validation" if isinstance(event, Validation) else "checkpoint", event.step)
            for event in trainer
            if isinstance(event, Validation | CheckpointSaved)
        ]


@pytest.mark.parametrize(
    ("steps", "validated"),
    [(90, [34, 68, 90]), (86, [34, 68, 86]), (84, [34, 84]), (68, [34, 68]), (20, [20])],
)
def test_the_last_validation_does_for_one_that_would_come_just_before(
    steps: int, validated: list[int]
) -> None:
    seen = [step for name, step in events(steps) if name == "validation"]
    assert seen == validated


def test_a_validation_that_was_asked_for_comes_in_any_case() -> None:
    seen = [step for name, step in events(70, validate_every=34) if name == "validation"]
    assert seen == [34, 68, 70]


def test_the_checkpoint_comes_without_the_validation() -> None:
    assert ("checkpoint", 68) in events(70)
    assert events(70)[-2:] == [("validation", 70), ("checkpoint", 70)]


@pytest.mark.parametrize(("batch_size", "between"), [(1, 200), (32, 200), (64, 100)])
def test_many_streams_are_worth_more_than_one_and_samples_come_after_fewer_of_their_steps(
    batch_size: int, between: int
) -> None:
    plan = {"batch_size": batch_size, "sequence_length": 8, "sample_length": 40}
    settings = Hyperparameters.from_mapping({**TINY, **plan})
    ids = np.zeros(10_000, np.uint8)
    assert intervals.sample_every(settings, Batches(ids, batch_size, 8)) == between


@pytest.mark.parametrize(("steps", "between"), [(3, 25), (400, 400), (5000, 1000)])
def test_validations_come_once_an_epoch_within_reason(steps: int, between: int) -> None:
    batches = Batches(np.zeros(steps + 1, int), 1, 1)
    assert batches.steps == steps
    assert intervals.validate_every(Hyperparameters(), batches) == between
    assert intervals.checkpoint_every(Hyperparameters(), batches) == between
    assert intervals.validate_every(Hyperparameters(validate_every=7), batches) == 7
    assert intervals.checkpoint_every(Hyperparameters(checkpoint_every=9), batches) == 9


@pytest.mark.parametrize("batch_size", [1, 2])
@pytest.mark.parametrize("random_seed", range(4))
def test_no_epoch_goes_by_without_a_validation_and_a_checkpoint(
    random_seed: int, batch_size: int
) -> None:
    plan = {"sequence_length": 8, "batch_size": batch_size, "epochs": 8, "sample_length": 1}
    settings = Hyperparameters.from_mapping({**TINY, **plan, "random_seed": random_seed})
    seen: dict[type[Event], list[float]] = {Validation: [0.0], CheckpointSaved: [0.0]}
    with Trainer((TEXT * 2)[: JUST_FITS[batch_size]], settings) as trainer:
        for event in trainer:
            if type(event) in seen:
                seen[type(event)].append(event.epoch)
    for epochs in seen.values():
        assert epochs[-1] == 8
        assert all(later - before < 1.5 for before, later in pairwise(epochs))

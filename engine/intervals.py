"""How often a run validates, saves and samples; an interval of 0 follows the text's size."""

from typing import NamedTuple

from engine.batches import Batches
from engine.hyperparameters import Hyperparameters

FEWEST_STEPS, MOST_STEPS = 25, 1000  # between validations, when they follow the epochs
TIME_STEPS = 40  # of training for each character of a sample
MANY_STREAMS = 32  # with so many, a time step's time has begun to grow with their number


def validate_every(settings: Hyperparameters, batches: Batches) -> int:
    """Steps between validations: by default once an epoch, within reason."""
    return settings.validate_every or min(MOST_STEPS, max(FEWEST_STEPS, batches.steps))


def checkpoint_every(settings: Hyperparameters, batches: Batches) -> int:
    """Steps between checkpoints: by default after each validation."""
    return settings.checkpoint_every or validate_every(settings, batches)


def sample_every(settings: Hyperparameters, batches: Batches) -> int:
    """Steps between samples: by default such that they cost about a hundredth of the time.

    A character of a sample is a time step without backward pass, and with one stream. The time of
    either hardly depends on the streams while they are few.
    """
    streams = min(batches.batch_size, MANY_STREAMS)
    between = TIME_STEPS * streams * settings.sample_length  # characters
    return settings.sample_every or max(
        1, between // (batches.batch_size * batches.sequence_length)
    )


class Due(NamedTuple):
    """What comes after a step."""

    validation: bool
    checkpoint: bool
    sample: bool


def due(settings: Hyperparameters, batches: Batches, step: int, done: float) -> Due:
    """What is due after `step`, at whose beginning the part `done` of the run was behind it.

    With a time budget, the validation at the end of the run may come soon after this one, whose
    step nobody has chosen: then the one at the end does for both.
    """
    between = validate_every(settings, batches)
    is_needless = (
        settings.max_seconds > 0
        and not settings.validate_every
        and _steps_left(step, done) < between / 2
    )
    return Due(
        validation=step % between == 0 and not is_needless,
        checkpoint=step % checkpoint_every(settings, batches) == 0,
        sample=step % sample_every(settings, batches) == 0,
    )


def _steps_left(step: int, done: float) -> float:
    """Steps until the end, at the pace so far."""
    return (step - 1) / done - step if done else float("inf")

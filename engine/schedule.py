"""Learning-rate schedules over the part of the run that is done, with warm-up over steps."""

import math

from engine.hyperparameters import Hyperparameters
from engine.position import Position

LONGEST_WARM_UP = 0.2  # of the whole run


def progress(settings: Hyperparameters, step: int, epoch: float, time_done: float) -> float:
    """The part of the run that is done, 0 to 1: that of the nearest of its bounds.

    `time_done` is the part of the time budget, see `part_of_time`.
    """
    parts = [
        done / bound for done, bound in ((step, settings.steps), (epoch, settings.epochs)) if bound
    ]
    if settings.max_seconds:
        parts.append(time_done)
    return min(1.0, max(parts, default=0.0))


def part_of_time(
    settings: Hyperparameters, position: Position, seconds: float, closing: float
) -> float:
    """The part of a run with a time budget that is done after `seconds`; above 1 if it is late.

    The last `closing` seconds of the budget are for the last validation and checkpoint. What
    was done when the budget was set is not laid out anew: only the rest of the schedule is laid
    over the rest of the time, so that a new end moves the slope and never the learning rate.
    """
    left = settings.max_seconds - closing - position.laid_at
    if left <= 0:
        return 1.0
    spent = max(0.0, seconds - position.laid_at)
    return position.laid_from + (1 - position.laid_from) * spent / left


def learning_rate(settings: Hyperparameters, step: int, done: float) -> float:
    """The rate for the update after `step` steps, with the part `done` of the run behind it.

    cosine: Loshchilov and Hutter 2017, equation 5, without restarts.
    """
    warmth = 1.0
    if settings.warm_up:  # a short run must not end before it is warm
        warmth = min(1.0, max((step + 1) / settings.warm_up, done / LONGEST_WARM_UP))
    if settings.schedule == "cosine":
        left = (1 + math.cos(math.pi * done)) / 2
    elif settings.schedule == "linear":
        left = 1 - done
    else:
        left = 1.0
    final = settings.final_learning_rate if settings.schedule != "constant" else 0.0
    return settings.learning_rate * warmth * (final + (1 - final) * left)

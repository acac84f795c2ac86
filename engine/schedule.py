"""Learning-rate schedules over the part of the run that is done, with warm-up over steps."""

import math

from engine.hyperparameters import Hyperparameters

LONGEST_WARM_UP = 0.2  # of the whole run


def progress(settings: Hyperparameters, step: int, epoch: float, seconds: float) -> float:
    """The part of the run that is done, 0 to 1: that of the nearest of its bounds."""
    parts = [
        done / bound
        for done, bound in (
            (step, settings.steps),
            (epoch, settings.epochs),
            (seconds, settings.max_seconds),
        )
        if bound
    ]
    return min(1.0, max(parts, default=0.0))


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

"""Learning-rate schedules over the part of the run that is done, with warm-up over steps."""

import math

from engine.hyperparameters import Hyperparameters


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
    warmth = min(1.0, (step + 1) / settings.warm_up) if settings.warm_up else 1.0
    if settings.schedule == "cosine":
        left = (1 + math.cos(math.pi * done)) / 2
    elif settings.schedule == "linear":
        left = 1 - done
    else:
        left = 1.0
    final = settings.final_learning_rate if settings.schedule != "constant" else 0.0
    return settings.learning_rate * warmth * (final + (1 - final) * left)

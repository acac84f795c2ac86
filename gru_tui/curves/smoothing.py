"""The exponential mean of a curve, over all of its points as they come."""

import math
from collections.abc import Iterable

BEGINNING = 16  # the mean reaches back over at most this part of the points so far


class Smoothing:
    """A mean that forgets: a new point weighs `1 - weight`, and more at the beginning.

    The weights of all points so far add up to one from the first point on, so nothing biases
    the mean towards where it began. At the beginning, where the loss falls steeply, it reaches
    back only a little: a mean of fixed reach would draw the first steps far above the points.
    A point that is not finite leaves it as it is.
    """

    def __init__(self, weight: float, mean: float = math.nan, finite: int = 0) -> None:
        """Goes on from a `mean` into which `finite` points went."""
        self.weight = weight
        self.mean = mean
        self.finite = finite

    def extend(self, losses: Iterable[float]) -> list[float]:
        """The mean after each of these points."""
        mean, finite, found = self.mean, self.finite, []
        settled = 1 - self.weight
        for loss in losses:
            if math.isfinite(loss):
                fresh = 1 / (1 + finite / BEGINNING)
                finite += 1
                if fresh < settled:
                    mean += settled * (loss - mean)
                else:
                    mean = loss if fresh == 1 else mean + fresh * (loss - mean)
            found.append(mean)
        self.mean, self.finite = mean, finite
        return found

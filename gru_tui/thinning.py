"""Curves for a chart: smoothed over all points, then thinned to two a column; extremes stay."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Unit = Literal["steps", "epochs", "minutes"]
UNITS: tuple[Unit, ...] = ("steps", "epochs", "minutes")
SMOOTHING: tuple[float, ...] = (0.9, 0.98, 0.0)  # weights of the past; 0 shows the points alone
BEGINNING = 16  # the mean reaches back over at most this part of the points so far


@dataclass(frozen=True)
class View:
    """What the chart wants to see: the unit of x, how many columns it has, how smooth."""

    unit: Unit = "steps"
    columns: int = 80
    smoothing: float = SMOOTHING[0]


@dataclass(frozen=True)
class Points:
    """A curve: x ascending, y of the same length."""

    x: tuple[float, ...] = ()
    y: tuple[float, ...] = ()


@dataclass(frozen=True)
class Mark:
    """Something that happened at x, in a few words."""

    x: float
    words: str


@dataclass(frozen=True)
class Curves:
    """All that the chart draws; losses in nats per character."""

    view: View = field(default_factory=View)
    raw: Points = field(default_factory=Points)
    smooth: Points = field(default_factory=Points)
    validation: Points = field(default_factory=Points)
    marks: tuple[Mark, ...] = ()
    floor: float | None = None

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw yet."""
        return not (self.raw.x or self.validation.x)


class Smoothed:
    """An exponential mean that grows with its points; non-finite ones are left out.

    It reaches back only a little at the beginning, where the loss falls steeply: a mean of
    fixed reach would draw the first steps far above the points.
    """

    def __init__(self, weight: float) -> None:
        self.weight = weight
        self.values: list[float] = []
        self._mean = math.nan
        self._finite = 0  # how many points went into the mean

    def extend(self, losses: Sequence[float]) -> None:
        """Smooth the losses that have come since; `losses` are all, from the first on."""
        for loss in losses[len(self.values) :]:
            if math.isfinite(loss):
                reach = 1 + self._finite / BEGINNING
                self._finite += 1
                fresh = max(1 - self.weight, 1 / reach)
                self._mean = loss if fresh == 1 else self._mean + fresh * (loss - self._mean)
            self.values.append(self._mean)


def thinned(x: Sequence[float], y: Sequence[float], columns: int) -> Points:
    """At most two points for each of the columns, the least and the greatest, in their order."""
    if len(x) <= 2 * columns:
        pairs = [(a, b) for a, b in zip(x, y, strict=True) if math.isfinite(b)]
        return Points(tuple(a for a, _ in pairs), tuple(b for _, b in pairs))
    width = (x[-1] - x[0]) / columns or 1.0
    found: list[tuple[float, float]] = []
    start = 0
    for column in range(columns):
        end = bisect_left(x, x[0] + (column + 1) * width, start)
        if column == columns - 1:
            end = len(x)
        found.extend(_extremes(x, y, start, end))
        start = end
    return Points(tuple(a for a, _ in found), tuple(b for _, b in found))


def _extremes(
    x: Sequence[float], y: Sequence[float], start: int, end: int
) -> list[tuple[float, float]]:
    piece = [value for value in y[start:end] if math.isfinite(value)]
    if not piece:
        return []
    low, high = y.index(min(piece), start, end), y.index(max(piece), start, end)
    places = sorted({low, high})
    return [(x[place], y[place]) for place in places]


def ticks(low: float, high: float, most: int) -> list[float]:
    """At most `most` round numbers within the bounds, evenly spaced: 1, 2, 2.5 or 5 times 10^k."""
    span = high - low
    if span <= 0 or most < 1 or not math.isfinite(span):
        return [low]
    power = 10.0 ** math.floor(math.log10(span / most))
    step = power
    for factor in (1, 2, 2.5, 5, 10, 20):
        step = factor * power
        if math.floor(high / step + 1e-9) - math.ceil(low / step - 1e-9) + 1 <= most:
            break
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """At most `most` round numbers within positive bounds, about evenly spaced in the logarithm.

    Where the bounds are so close that there is only one of these, they are those of `ticks`.
    """
    found: list[float] = []
    for digits in ((1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8), (1, 1.5, 2, 3, 5, 7), (1, 2, 5), (1,)):
        finer, found = (
            found,
            [
                digit * 10.0**power
                for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
                for digit in digits
                if low <= digit * 10.0**power <= high
            ],
        )
        if len(found) <= most:
            break
    if len(found) < 2 and finer:
        found = finer
    if len(found) < 2:
        return ticks(low, high, most)
    return found[:: math.ceil(len(found) / max(1, most))]

"""What a chart is asked to show and what it draws: few points, and round numbers on the axes."""

import math
from dataclasses import dataclass, field
from typing import Literal

Unit = Literal["steps", "epochs", "minutes", "characters"]
UNITS: tuple[Unit, ...] = ("steps", "epochs", "minutes", "characters")
LEAST: dict[Unit, float] = {"steps": 10, "epochs": 0.01, "minutes": 0.05, "characters": 1000}
SMOOTHING: tuple[float, ...] = (0.9, 0.98, 0.0)  # weights of the past; 0 shows the points alone
ROOM_OF_A_POINT = 4  # columns that a point of validation has for itself
Window = tuple[float, float]  # from, to, in the unit of x
Figure = Literal[
    "learning_rate",
    "gradient_norm",
    "characters_per_second",
    "memory",
    "update_ratio",
    "saturation",
]
FIGURES: dict[Figure, str] = {
    "learning_rate": "Learning rate",
    "gradient_norm": "Gradient norm",
    "characters_per_second": "Characters a second",
    "memory": "Memory (MB)",
    "update_ratio": "Update-to-weight ratio",
    "saturation": "Gate saturation (%)",
}
Happening = Literal["change", "checkpoint", "rollback", "resume", "fork"]


@dataclass(frozen=True)
class View:
    """What the chart wants to see: the unit of x, how many columns it has, how smooth.

    `window` is what it has zoomed to, and moves along with a run that goes on if it is
    `following`; `cursor` is the x whose figures are read out, `second` the figure that is
    drawn beneath or instead.
    """

    unit: Unit = "steps"
    columns: int = 80
    smoothing: float = SMOOTHING[0]
    window: Window | None = None
    following: bool = False
    cursor: float | None = None
    second: Figure | None = None

    def window_at(self, end: float) -> Window | None:
        """What is seen of a run that stands there: one that follows has moved along with it.

        None, all of it, also where a run that was set back has left the window behind.
        """
        if self.window is None or self.window[0] >= max(end, LEAST[self.unit]):
            return None
        if self.following and end > self.window[1]:
            return self.window[0] + end - self.window[1], end
        return self.window


@dataclass(frozen=True)
class Points:
    """A curve: x ascending, y of the same length."""

    x: tuple[float, ...] = ()
    y: tuple[float, ...] = ()

    def within(self, window: Window) -> "Points":
        """The points in that part of the axis; a line also has its neighbours outside."""
        left, right = window
        kept = [(x, y) for x, y in zip(self.x, self.y, strict=True) if left <= x <= right]
        return Points(tuple(x for x, _ in kept), tuple(y for _, y in kept))


@dataclass(frozen=True)
class Mark:
    """Something that happened at x, in a few words."""

    x: float
    words: str
    kind: Happening = "change"


@dataclass(frozen=True)
class Reading:
    """The figures at the cursor; a figure of several points is their (least, greatest)."""

    x: float
    step: int
    epoch: float
    loss: tuple[float, float]
    smooth: float
    learning_rate: tuple[float, float]
    validation: float | None = None  # the last one until there
    second: tuple[float, float] | None = None


@dataclass(frozen=True)
class Curves:
    """All that the chart draws; losses in nats per character.

    `broken` are the places of losses that were not finite, `end` is where the run stands,
    `window` what the view's has become by moving along.
    """

    view: View = field(default_factory=View)
    raw: Points = field(default_factory=Points)
    smooth: Points = field(default_factory=Points)
    validation: Points = field(default_factory=Points)
    second: Points = field(default_factory=Points)
    marks: tuple[Mark, ...] = ()
    broken: tuple[float, ...] = ()
    floor: float | None = None
    end: float = 0.0
    reading: Reading | None = None
    window: Window | None = None

    @property
    def full(self) -> Window:
        """All of the horizontal axis, which has some length from the first step on."""
        ends = (LEAST[self.view.unit], self.end, *self.raw.x[-1:], *self.validation.x[-1:])
        return 0.0, max(ends) if self.window is None else max(ends[:2])

    @property
    def shown(self) -> Window:
        """The part of it that is drawn."""
        return self.window or self.full

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw yet."""
        return not (self.raw.x or self.validation.x or self.broken or self.end)


def spread(points: Points, most: int) -> Points:
    """About so many of the points at most: each second, third ... one, and the last.

    Which ones they are changes seldom while points are added: they do not dance.
    """
    last = len(points.x) - 1
    stride = math.ceil(len(points.x) / max(1, most))
    if stride <= 1:
        return points
    places = [*range(stride - 1, last - stride // 2, stride), last]
    return Points(tuple(points.x[at] for at in places), tuple(points.y[at] for at in places))


def ticks(low: float, high: float, most: int, *, whole: bool = False) -> list[float]:
    """At most `most` round numbers within the bounds, evenly spaced: 1, 2, 2.5 or 5 times 10^k.

    Whole ones are none where the bounds have none between them.
    """
    span = high - low
    if span <= 0 or most < 1 or not math.isfinite(span):
        return [low]
    power = 10.0 ** math.floor(math.log10(span / most))
    if whole:
        power = max(1.0, power)
    step = power
    for factor in (1, 2, 2.5, 5, 10, 20):
        step = factor * power
        if whole and step % 1:
            continue
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

"""Drawing curves with plotext: axes with few round numbers, floor, marks, points of validation."""

import math
from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len, set_cell_size
from textual_plotext import Plot

from gru_tui.figures import size
from gru_tui.thinning import Curves, Points, log_ticks, ticks

Colour = tuple[int, int, int]
LINE, POINT, FLOOR, RULE = "braille", "●", "┄", "──"
MOST_PERPLEXITY = math.exp(12)
RIGHT = 2  # plotext's number of the second vertical axis
ROOM_FOR_PERPLEXITY = 60  # columns from which on a second axis does not crowd the curve
AXIS = 6  # columns, about, that an axis and its figures take
MOST_WORDS = 4  # marks with words, one below the other: they never overlap


@dataclass(frozen=True)
class Drawing:
    """How to draw: cells, colours by name, and what the vertical axis shows."""

    width: int
    height: int
    colours: dict[str, Colour]
    perplexity: bool = False
    logarithmic: bool = False

    def value(self, loss: float) -> float:
        """The loss as the quantity that is shown."""
        return min(math.exp(min(loss, 12.0)), MOST_PERPLEXITY) if self.perplexity else loss

    def place(self, value: float) -> float:
        """The height of a value of that quantity."""
        return math.log10(max(value, 1e-6)) if self.logarithmic else value

    def height_of(self, loss: float) -> float:
        """The height of a loss."""
        return self.place(self.value(loss))

    @property
    def second_axis(self) -> bool:
        """Whether perplexity stands at the right of the loss."""
        return not self.perplexity and self.width >= ROOM_FOR_PERPLEXITY


def draw(plot: Plot, curves: Curves, drawing: Drawing) -> None:
    """Put everything on the plot, which is emptied first."""
    plot.clear_figure()
    plot.theme("clear")
    plot.plotsize(drawing.width, drawing.height)
    plot._set_size(drawing.width, drawing.height)
    left, right = _x_bounds(curves)
    low, high = _y_bounds(curves, drawing)
    _marks(plot, curves, drawing, left=left, right=right)
    if curves.floor is not None:
        y = drawing.height_of(curves.floor)
        if low <= y <= high:
            plot.plot([left, right], [y, y], marker=FLOOR, color=drawing.colours["floor"])
    if curves.view.smoothing:
        _line(plot, curves.raw, drawing, "raw")
        _line(plot, curves.smooth, drawing, "training")
    else:
        _line(plot, curves.raw, drawing, "training")
    heights = [drawing.height_of(loss) for loss in curves.validation.y]
    if heights:
        plot.scatter(
            list(curves.validation.x), heights, marker=POINT, color=drawing.colours["validation"]
        )
    _axes(plot, curves, drawing, (left, right), (low, high))


def _line(plot: Plot, points: Points, drawing: Drawing, name: str) -> None:
    if points.x:
        heights = [drawing.height_of(loss) for loss in points.y]
        plot.plot(list(points.x), heights, marker=LINE, color=drawing.colours[name])


def _x_bounds(curves: Curves) -> tuple[float, float]:
    every = [*curves.raw.x[-1:], *curves.validation.x[-1:]]
    least = {"steps": 10.0, "epochs": 0.01, "minutes": 0.05}[curves.view.unit]
    return 0.0, max([least, *every])


def _y_bounds(curves: Curves, drawing: Drawing) -> tuple[float, float]:
    losses = [loss for loss in (*_shown(curves), *curves.validation.y) if math.isfinite(loss)]
    if curves.floor is not None:
        losses.append(curves.floor)
    heights = [drawing.height_of(loss) for loss in losses]
    low, high = min(heights), max(heights)
    room = max((high - low) * 0.05, 0.01 if drawing.logarithmic else 0.02)
    return low - room, high + room


def _shown(curves: Curves) -> tuple[float, ...]:
    """The training losses that decide the bounds: single outliers of the raw curve do not."""
    return curves.smooth.y if curves.view.smoothing and curves.smooth.y else curves.raw.y


def _marks(plot: Plot, curves: Curves, drawing: Drawing, *, left: float, right: float) -> None:
    colour = drawing.colours["marks"]
    for mark in curves.marks:
        if left <= mark.x <= right:
            plot.vline(mark.x, colour)


def _axes(
    plot: Plot,
    curves: Curves,
    drawing: Drawing,
    x_bounds: tuple[float, float],
    y_bounds: tuple[float, float],
) -> None:
    (left, right), (low, high) = x_bounds, y_bounds
    plot.axes_color("default")
    plot.ticks_color(drawing.colours["axes"])
    plot.xaxes(True, False)
    plot.yaxes(True, drawing.second_axis)
    plot.xlim(left, right)
    plot.ylim(low, high)
    most = max(3, drawing.height // 4)
    bounds = (10**low, 10**high) if drawing.logarithmic else (low, high)
    values = (log_ticks if drawing.logarithmic else ticks)(*bounds, most)
    plot.yticks([drawing.place(value) for value in values], _figures(values))
    if drawing.second_axis:
        _perplexities(plot, drawing, left, low, high, most)
    places = ticks(left, right, max(2, drawing.width // 14))
    plot.xticks(places, [_x_figure(place, curves.view.unit, places) for place in places])
    _words(plot, curves, drawing, x_bounds, y_bounds)


def _perplexities(
    plot: Plot, drawing: Drawing, left: float, low: float, high: float, most: int
) -> None:
    """Round perplexities at the heights of their losses, on the right."""
    lowest, highest = (10**low, 10**high) if drawing.logarithmic else (low, high)
    values = log_ticks(math.exp(min(lowest, 12.0)), math.exp(min(highest, 12.0)), most)
    plot.text("", left, low, yside="right")  # plotext draws no axis that nothing stands on
    plot.ylim(low, high, RIGHT)
    heights = [drawing.place(math.log(value)) for value in values]
    plot.yticks(heights, [f"{value:.3g}" for value in values], RIGHT)


def _figures(values: list[float]) -> list[str]:
    """All with as many decimals as the finest of them needs, so that they stand in a column."""
    plain = [f"{float(f'{value:.4g}'):.10g}" for value in values]
    decimals = max(len(figure.partition(".")[2]) for figure in plain)
    return [f"{value:.{decimals}f}" for value in values]


def _x_figure(place: float, unit: str, places: list[float]) -> str:
    if unit == "steps":
        return f"{place:,.0f}" if places[-1] < 1_000_000 else size(place)
    return f"{float(f'{place:.6g}'):g}"


def _words(
    plot: Plot,
    curves: Curves,
    drawing: Drawing,
    x_bounds: tuple[float, float],
    y_bounds: tuple[float, float],
) -> None:
    """The words of the newest marks, each on a line of its own from the top down."""
    (left, right), (low, high) = x_bounds, y_bounds
    lines = max(1, drawing.height - 3)
    room = drawing.width - 2 * AXIS
    for number, mark in enumerate(curves.marks[-MOST_WORDS:]):
        if left <= mark.x <= right:
            before = round((mark.x - left) / (right - left) * room)
            words, alignment = beside(mark.words, before, room - before)
            y = high - (high - low) * (number + 0.5) / lines
            colour = drawing.colours["marks"]
            plot.text(words, mark.x, y, color=colour, alignment=alignment)


def beside(words: str, before: int, behind: int) -> tuple[str, Literal["left", "right"]]:
    """The words behind a mark, or before it where they do not fit; cut where neither is enough."""
    if cell_len(words) < behind or behind >= before:
        return " " + _cut(words, behind - 1), "left"
    return _cut(words, before - 1) + " ", "right"


def _cut(words: str, room: int) -> str:
    if cell_len(words) <= room:
        return words
    return set_cell_size(words, max(0, room - 1)).rstrip() + "…"

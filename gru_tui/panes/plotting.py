"""Drawing curves with plotext: axes with few round numbers, floor, marks, points of validation."""

import math
import statistics
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rich.cells import cell_len, set_cell_size
from textual.color import Color

from gru_tui.curves.axis import across, exact, figures
from gru_tui.curves.svg_chart import Look
from gru_tui.curves.thinning import (
    ROOM_OF_A_POINT,
    Curves,
    Mark,
    Points,
    Window,
    log_ticks,
    spread,
    ticks,
)

if TYPE_CHECKING:
    from textual_plotext import Plot

Colour = tuple[int, int, int]
LINE, RAW, POINT, FLOOR, RULE = "braille", "·", "●", "┄", "──"
CHECKPOINT, BROKEN, CURSOR, FOOT = "▴", "×", "┊", "│"
SPIKE = 3.0  # times as far from the smooth curve as most raw points are
RIGHT = 2  # plotext's number of the second vertical axis
ROOM_FOR_PERPLEXITY = 60  # columns from which on a second axis does not crowd the curve
AXIS = 6  # columns, about, that an axis and its figures take
MOST_WORDS = 4  # marks with words, one below the other: they never overlap


@dataclass(frozen=True, kw_only=True)
class Drawing(Look):
    """How to draw on a screen: cells, and colours by name."""

    width: int
    height: int
    colours: dict[str, Colour]
    least_label: int = 0  # cells of a figure at the left axis, so that charts stand in line
    right_label: int = 0  # and at the right one

    @property
    def second_axis(self) -> bool:
        """Whether perplexity stands at the right of the loss."""
        return not self.perplexity and self.width >= ROOM_FOR_PERPLEXITY


def draw(plot: "Plot", curves: Curves, drawing: Drawing) -> None:
    """Put everything on the plot, which is emptied first."""
    begin(plot, drawing.width, drawing.height, drawing.colours["axes"])
    left, right = curves.shown
    low, high = _y_bounds(curves, drawing)
    _lines_of_marks(plot, curves, drawing, low)
    if curves.floor is not None:
        y = drawing.place_of(curves.floor)
        if low <= y <= high:
            plot.plot([left, right], [y, y], marker=FLOOR, color=drawing.colours["floor"])
    saved = tuple(mark.x for mark in _seen(curves, "checkpoint"))
    some = spread(Points(saved, saved), drawing.width // ROOM_OF_A_POINT).x  # all would be a fence
    # First: what is measured lies above.
    _row(plot, some, low, CHECKPOINT, drawing, "marks", curves.shown)
    if curves.view.smoothing:
        # Points beneath a line: they are told apart without colour, too.
        _line(plot, curves.raw, drawing, "raw", marker=RAW, top=high)
    measured = curves.validation.within(curves.shown)
    points = spread(measured, drawing.width // ROOM_OF_A_POINT)
    if points is not measured:  # side by side they would hide both curves
        _line(plot, curves.validation, drawing, "validation")
    _line(plot, curves.smooth if curves.view.smoothing else curves.raw, drawing, "training")
    _line(plot, points, drawing, "validation", marker=POINT)
    _row(plot, curves.broken, high, BROKEN, drawing, "validation", curves.shown)
    _axes(plot, curves, drawing, (low, high))
    cursor(plot, curves, drawing, (low, high))


def begin(plot: "Plot", width: int, height: int, colour: Colour) -> None:
    """Empty the plot, give it its size, and axes with figures of that colour."""
    plot.clear_figure()
    plot.theme("clear")
    plot.plotsize(width, height)
    plot._set_size(width, height)
    plot.axes_color("default")
    plot.ticks_color(colour)
    plot.xaxes(True, False)
    plot.yaxes(True, False)


def figures_colour(ground: Color) -> Colour:
    """For the figures at the axes of a chart on that ground: they stand back, and are legible."""
    return ground.blend(ground.get_contrast_text(1.0), 0.65).rgb


def cursor(plot: "Plot", curves: Curves, drawing: Drawing, bounds: tuple[float, float]) -> None:
    """The line at whose place the figures are read out."""
    left, right = curves.shown
    x = curves.view.cursor
    if x is not None and left <= x <= right:
        colour = drawing.colours["training"]
        plot.plot([x, x], list(bounds), marker=CURSOR, color=colour)


def _seen(curves: Curves, kind: str, *, others: bool = False) -> list[Mark]:
    """The marks in sight that are of that kind, or of the others."""
    left, right = curves.shown
    seen = [mark for mark in curves.marks if left <= mark.x <= right]
    return [mark for mark in seen if (mark.kind == kind) != others]


def _lines_of_marks(plot: "Plot", curves: Curves, drawing: Drawing, low: float) -> None:
    """A line through the chart for each; of many, the older have a foot: all would be a fence."""
    marks = _seen(curves, "checkpoint", others=True)
    if len(marks) > drawing.width // ROOM_OF_A_POINT:
        older = tuple(mark.x for mark in marks[:-MOST_WORDS])
        _row(plot, older, low, FOOT, drawing, "marks", curves.shown)
        marks = marks[-MOST_WORDS:]
    for mark in marks:
        plot.vline(mark.x, drawing.colours["marks"])


def _row(
    plot: "Plot",
    places: tuple[float, ...],
    y: float,
    marker: str,
    drawing: Drawing,
    colour: str,
    window: Window,
) -> None:
    """A marker at each place, all at the same height, one a column at most."""
    left, right = window
    column = (right - left) / max(1, drawing.width)
    found = {round((x - left) / column): x for x in places if left <= x <= right}
    if found:
        colours = drawing.colours
        plot.scatter(list(found.values()), [y] * len(found), marker=marker, color=colours[colour])


def _line(
    plot: "Plot",
    points: Points,
    drawing: Drawing,
    name: str,
    *,
    marker: str = LINE,
    top: float = math.inf,
) -> None:
    """Draw a curve; what would stand above `top` stands there."""
    if points.x:
        heights = [min(drawing.place_of(loss), top) for loss in points.y]
        draw_line = plot.plot if marker == LINE else plot.scatter
        draw_line(list(points.x), heights, marker=marker, color=drawing.colours[name])


def _y_bounds(curves: Curves, drawing: Drawing) -> tuple[float, float]:
    curve = curves.smooth if curves.view.smoothing and curves.smooth.x else curves.raw
    losses = [y for points in (curve, curves.validation) for y in points.within(curves.shown).y]
    losses = losses or [*curve.y, *curves.validation.y]
    if curve is not curves.raw:
        losses += _without_spikes(curves)
    if curves.floor is not None and (curves.window is None or not losses):
        losses.append(curves.floor)
    heights = [drawing.place_of(loss) for loss in losses] or [0.0]
    low, high = min(heights), max(heights)
    room = max((high - low) * 0.05, 0.01 if drawing.logarithmic else 0.02)
    low, high = low - room, high + room
    if _seen(curves, "checkpoint"):  # the lowest row is theirs, and no curve runs over them
        low = min(low, min(heights) - (high - min(heights)) / max(1, drawing.height - 4))
    return low, high


def _without_spikes(curves: Curves) -> list[float]:
    """The raw losses in sight, without the few that are far from where the smooth curve is."""
    raw, smooth = curves.raw.within(curves.shown), curves.smooth
    last = len(smooth.x) - 1
    distances = [
        abs(y - smooth.y[min(bisect_left(smooth.x, x), last)])
        for x, y in zip(raw.x, raw.y, strict=True)
    ]
    usual = statistics.median(distances or [0.0])
    return [y for y, distance in zip(raw.y, distances, strict=True) if distance <= SPIKE * usual]


def _axes(plot: "Plot", curves: Curves, drawing: Drawing, y_bounds: tuple[float, float]) -> None:
    left, _ = curves.shown
    low, high = y_bounds
    most = max(3, drawing.height // 4)
    bounds = (10**low, 10**high) if drawing.logarithmic else (low, high)
    values = (log_ticks if drawing.logarithmic else ticks)(*bounds, most)
    frame(plot, drawing, y_bounds, values, figures(values))
    if drawing.second_axis:
        _perplexities(plot, drawing, left, low, high, most)
    x_axis(plot, curves, drawing)
    _words(plot, curves, drawing, y_bounds)


def frame(
    plot: "Plot",
    drawing: Drawing,
    y_bounds: tuple[float, float],
    values: list[float],
    labels: list[str],
) -> None:
    """The vertical axis: bounds, and figures at the heights of their values."""
    plot.yaxes(True, drawing.second_axis)
    plot.ylim(*y_bounds)
    labels = [label.rjust(drawing.least_label) for label in labels]
    plot.yticks([drawing.place(value) for value in values], labels)


def x_axis(plot: "Plot", curves: Curves, drawing: Drawing) -> None:
    """The horizontal axis of what is looked at."""
    left, right = curves.shown
    plot.xlim(left, right)
    plot.xticks(*across(curves.shown, curves.view.unit, max(2, drawing.width // 14)))


def _perplexities(
    plot: "Plot", drawing: Drawing, left: float, low: float, high: float, most: int
) -> None:
    """Round perplexities at the heights of their losses, on the right."""
    lowest, highest = (10**low, 10**high) if drawing.logarithmic else (low, high)
    # A loss of thousands leaves room beneath it for losses whose exponential is 0.
    least, greatest = (math.exp(max(-12.0, min(loss, 12.0))) for loss in (lowest, highest))
    values = log_ticks(least, greatest, most)
    plot.text("", left, low, yside="right")  # plotext draws no axis that nothing stands on
    plot.ylim(low, high, RIGHT)
    heights = [drawing.place(math.log(value)) for value in values]
    labels = [figure.ljust(drawing.right_label) for figure in exact(values)]
    plot.yticks(heights, labels, RIGHT)


def _words(plot: "Plot", curves: Curves, drawing: Drawing, y_bounds: tuple[float, float]) -> None:
    """The words of the newest marks, each on a line of its own from the top down."""
    (left, right), (low, high) = curves.shown, y_bounds
    lines = max(1, drawing.height - 3)
    room = drawing.width - 2 * AXIS
    for number, mark in enumerate(_seen(curves, "checkpoint", others=True)[-MOST_WORDS:]):
        before = round((mark.x - left) / (right - left) * room)
        words, alignment = beside(mark.words, before, room - before)
        y = high - (high - low) * (number + 0.5) / lines
        plot.text(words, mark.x, y, color=drawing.colours["marks"], alignment=alignment)


def beside(words: str, before: int, behind: int) -> tuple[str, Literal["left", "right"]]:
    """The words behind a mark, or before it where they do not fit; cut where neither is enough."""
    if cell_len(words) < behind or behind >= before:
        return " " + _cut(words, behind - 1), "left"
    return _cut(words, before - 1) + " ", "right"


def _cut(words: str, room: int) -> str:
    if cell_len(words) <= room:
        return words
    return set_cell_size(words, max(0, room - 1)).rstrip() + "…"

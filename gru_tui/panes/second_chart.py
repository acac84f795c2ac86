"""The second chart: one more figure of the run over the same axis."""

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from gru_tui.curves.axis import figures, short
from gru_tui.curves.thinning import FIGURES, Curves, Figure, Points, log_ticks, ticks
from gru_tui.panes.plotting import LINE, RIGHT, Drawing, begin, cursor, frame, x_axis

if TYPE_CHECKING:
    from textual_plotext import Plot

SCALE: dict[Figure, float] = {"memory": 1e-6, "saturation": 100.0}
OF_VALIDATIONS = ("update_ratio", "saturation")
SCARCE = 12  # points up to which a line alone would hide where they are


def draw(plot: "Plot", curves: Curves, figure: Figure, drawing: Drawing) -> None:
    """Put it on the plot, which is emptied first."""
    scale = SCALE.get(figure, 1.0)
    values = [value * scale for value in curves.second.y]
    logarithmic = drawing.logarithmic and has_logarithms(curves, figure)
    drawing = replace(drawing, logarithmic=logarithmic)
    begin(plot, drawing.width, drawing.height, drawing.colours["axes"])
    heights = [drawing.place(value) for value in values]
    left = curves.shown[0]
    seen = Points(curves.second.x, tuple(heights)).within(curves.shown).y
    low, high = min(seen or heights or [0.0]), max(seen or heights or [1.0])
    room = (high - low) * 0.05 or abs(high) * 0.05 or 0.5
    bounds = (low - room, high + room)
    if values:
        colour = drawing.colours["training"]
        plot.plot(list(curves.second.x), heights, marker=LINE, color=colour)
        if len(values) <= SCARCE:
            plot.scatter(list(curves.second.x), heights, marker="•", color=colour)
    else:
        plot.text("", left, bounds[0])  # plotext draws no axis that nothing stands on
    most = max(2, drawing.height // 3)
    if drawing.logarithmic:
        numbers = log_ticks(10 ** bounds[0], 10 ** bounds[1], most)
    else:
        numbers = ticks(*bounds, most)
    frame(plot, drawing, bounds, numbers, _labels(numbers))
    if drawing.second_axis:  # empty, and there so that both charts stand in line
        plot.text("", left, bounds[0], yside="right")
        plot.ylim(*bounds, RIGHT)
        plot.yticks([bounds[0]], [" " * drawing.right_label], RIGHT)
    x_axis(plot, curves, drawing)
    cursor(plot, curves, drawing, bounds)


def has_logarithms(curves: Curves, figure: Figure) -> bool:
    """Whether its axis can be logarithmic: it stays linear where something is zero, or nearly."""
    return min(curves.second.y, default=0.0) * SCALE.get(figure, 1.0) > 1e-6


def _labels(values: list[float]) -> list[str]:
    if max(map(abs, values), default=0) >= 10_000:
        return short(values)
    if max(map(abs, values), default=1) < 0.001:
        return [f"{value:.0e}" if value else "0" for value in values]
    return figures(values)


def title(curves: Curves, figure: Figure) -> str:
    """Which figure, and where it stands, at the cursor or now; or why there is none."""
    name = FIGURES[figure]
    if not curves.second.y:
        when = "is measured at validations" if figure in OF_VALIDATIONS else "is not known yet"
        return f"{name} {when}"
    value = curves.second.y[-1]
    if curves.reading is not None and curves.reading.second is not None:
        value = curves.reading.second[1]
    return f"{name}: {shown(figure, value)}" if math.isfinite(value) else f"{name}: none here"


def shown(figure: Figure, value: float) -> str:
    """A value of that figure as a person reads it."""
    scaled = value * SCALE.get(figure, 1.0)
    return f"{scaled:,.0f}" if abs(scaled) >= 1000 else f"{scaled:.4g}"

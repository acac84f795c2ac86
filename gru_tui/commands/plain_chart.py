"""A chart as lines of text, for the scrollback, for logs and for mail: plotext without the app."""

import math
import re
from dataclasses import dataclass

from gru_tui.curves.axis import across, exact
from gru_tui.curves.thinning import ROOM_OF_A_POINT, Curves, Points, spread, ticks
from gru_tui.terminal.glyphs import plain

AXIS = 12  # columns, about, that the axis and its figures take
GAP = "  "  # between the entries of the legend
NOT_ASCII = re.compile(r"[^\x00-\x7f]+")


@dataclass(frozen=True)
class Paper:
    """What the chart is drawn on."""

    width: int = 80
    height: int = 18
    colour: bool = False
    ascii: bool = False

    @property
    def markers(self) -> dict[str, str]:
        """What draws what; no two alike, so that no colour is needed to tell them apart."""
        if self.ascii:
            return {"training": ".", "validation": "o", "floor": "-", "broken": "x"}
        return {"training": "braille", "validation": "●", "floor": "┄", "broken": "×"}


COLOURS = {
    "training": "cyan",
    "validation": "orange",
    "floor": "green",
    "broken": "orange",
    "marks": "magenta",
}


def drawn(curves: Curves, paper: Paper) -> str:
    """The curves with their axes and a legend, each line ending in a newline."""
    import plotext

    training = _finite(curves.smooth if curves.smooth.x else curves.raw)
    validation = _finite(curves.validation)
    if not (training.x or validation.x or curves.broken):
        return ""
    floor = curves.floor
    low, high = _bounds([*training.y, *validation.y, *([] if floor is None else [floor])])
    right = max([1.0, *training.x[-1:], *validation.x[-1:], *curves.broken])
    plotext.clear_figure()
    plotext.limit_size(False, False)
    plotext.theme("clear")
    plotext.plotsize(paper.width, paper.height)
    for mark in curves.marks:
        if mark.kind != "checkpoint" and 0 <= mark.x <= right:
            plotext.vline(mark.x, COLOURS["marks"])
    if floor is not None:
        _curve(paper, "floor", Points((0.0, right), (floor, floor)))
    points = spread(validation, paper.width // ROOM_OF_A_POINT)
    if points is not validation:  # side by side they would hide both curves
        _curve(paper, "validation", validation, marker=paper.markers["training"])
    _curve(paper, "training", training)
    _dots(paper, "validation", points)
    _dots(paper, "broken", Points(curves.broken, (high,) * len(curves.broken)))
    _axes(paper, right, low, high)
    return _legend(curves, paper) + _written(plotext.build(), paper)


def _finite(points: Points) -> Points:
    """Those that can be drawn; `Curves.broken` has the places of the others."""
    found = [(x, y) for x, y in zip(points.x, points.y, strict=True) if math.isfinite(y)]
    return Points(tuple(x for x, _ in found), tuple(y for _, y in found))


def _bounds(losses: list[float]) -> tuple[float, float]:
    """The least and the greatest height, with some room; where no loss was finite, too."""
    low, high = min(losses, default=0.0), max(losses, default=1.0)
    room = max((high - low) * 0.05, 0.02)
    return low - room, high + room


def _curve(paper: Paper, name: str, points: Points, *, marker: str = "") -> None:
    import plotext

    if points.x:
        x, y = list(points.x), list(points.y)
        plotext.plot(x, y, marker=marker or paper.markers[name], color=COLOURS[name])


def _dots(paper: Paper, name: str, points: Points) -> None:
    import plotext

    if points.x:
        x, y = list(points.x), list(points.y)
        plotext.scatter(x, y, marker=paper.markers[name], color=COLOURS[name])


def _axes(paper: Paper, right: float, low: float, high: float) -> None:
    import plotext

    plotext.xaxes(True, False)
    plotext.yaxes(True, False)
    plotext.xlim(0, right)
    plotext.ylim(low, high)
    heights = ticks(low, high, max(3, paper.height // 4))
    plotext.yticks(heights, exact(heights))
    plotext.xticks(*across((0.0, right), "steps", max(2, paper.width // 14)))


def _legend(curves: Curves, paper: Paper) -> str:
    marker = {**paper.markers, "training": "." if paper.ascii else "──"}
    parts = ["loss (nats per character) over steps", f"{marker['training']} training"]
    if curves.validation.x:
        parts.append(f"{marker['validation']} validation")
    if curves.broken:
        parts.append(f"{marker['broken']} not finite")
    if curves.floor is not None:
        parts.append(f"{marker['floor'] * 2} floor {curves.floor:.4g}")
    if len(GAP.join(parts)) > paper.width:
        parts[0] = "loss over steps"
    while len(parts) > 1 and len(GAP.join(parts)) > paper.width:
        parts.pop()  # half an entry would say something else: floor 1.1 for 1.163
    return GAP.join(parts) + "\n"


def _written(text: str, paper: Paper) -> str:
    import plotext

    if not paper.colour:
        text = str(plotext.uncolorize(text))
    if paper.ascii:
        # Only the signs: `plain` keeps to the width of its text, to which neither the ends of
        # lines nor the sequences of colours add anything.
        text = NOT_ASCII.sub(lambda found: plain(found[0]), text)
    return "".join(line.rstrip() + "\n" for line in text.splitlines())

"""A chart as lines of text, for the scrollback, for logs and for mail: plotext without the app."""

import math
from dataclasses import dataclass

from gru_tui.curves.thinning import Curves, ticks
from gru_tui.terminal.glyphs import plain

WIDE = 76  # columns that the longest legend needs
AXIS = 12  # columns, about, that the axis and its figures take


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
            return {"training": ".", "validation": "o", "floor": "-"}
        return {"training": "braille", "validation": "●", "floor": "┄"}


COLOURS = {"training": "cyan", "validation": "orange", "floor": "green", "marks": "magenta"}


def drawn(curves: Curves, paper: Paper) -> str:
    """The curves with their axes and a legend, each line ending in a newline."""
    import plotext

    training = curves.smooth if curves.smooth.x else curves.raw
    losses = [y for y in (*training.y, *curves.validation.y) if math.isfinite(y)]
    if not losses:
        return ""
    floor = curves.floor
    low, high = min([*losses, *([] if floor is None else [floor])]), max(losses)
    room = max((high - low) * 0.05, 0.02)
    low, high = low - room, high + room
    right = max([1.0, *training.x[-1:], *curves.validation.x[-1:]])
    plotext.clear_figure()
    plotext.limit_size(False, False)
    plotext.theme("clear")
    plotext.plotsize(paper.width, paper.height)
    for mark in curves.marks:
        if mark.kind != "checkpoint" and 0 <= mark.x <= right:
            plotext.vline(mark.x, COLOURS["marks"])
    if floor is not None:
        _curve(paper, "floor", [0.0, right], [floor, floor])
    if training.x:
        _curve(paper, "training", list(training.x), list(training.y))
    if curves.validation.x:
        plotext.scatter(
            list(curves.validation.x),
            list(curves.validation.y),
            marker=paper.markers["validation"],
            color=COLOURS["validation"],
        )
    _axes(paper, right, low, high)
    return _legend(curves, paper) + _written(plotext.build(), paper)


def _curve(paper: Paper, name: str, x: list[float], y: list[float]) -> None:
    import plotext

    plotext.plot(x, y, marker=paper.markers[name], color=COLOURS[name])


def _axes(paper: Paper, right: float, low: float, high: float) -> None:
    import plotext

    plotext.xaxes(True, False)
    plotext.yaxes(True, False)
    plotext.xlim(0, right)
    plotext.ylim(low, high)
    heights = ticks(low, high, max(3, paper.height // 4))
    plotext.yticks(heights, [f"{value:.4g}" for value in heights])
    places = ticks(0, right, max(2, paper.width // 14))
    plotext.xticks(places, [f"{place:,.0f}" for place in places])


def _legend(curves: Curves, paper: Paper) -> str:
    marker = {**paper.markers, "training": "." if paper.ascii else "──"}
    loss = "loss (nats per character)" if paper.width >= WIDE else "loss"
    parts = [f"{loss} over steps", f"{marker['training']} training"]
    if curves.validation.x:
        parts.append(f"{marker['validation']} validation")
    if curves.floor is not None:
        parts.append(f"{marker['floor'] * 2} floor {curves.floor:.4g}")
    return "   ".join(parts)[: paper.width].rstrip() + "\n"


def _written(text: str, paper: Paper) -> str:
    import plotext

    if not paper.colour:
        text = str(plotext.uncolorize(text))
    if paper.ascii:
        text = plain(text)
    return "".join(line.rstrip() + "\n" for line in text.splitlines())

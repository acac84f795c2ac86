"""The loss chart as SVG: what a page, a paper or a mail can show at any size."""

import math
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from gru_tui.curves.axis import across, exact
from gru_tui.curves.thinning import Curves, Points, log_ticks, ticks
from gru_tui.visible import visible

WIDTH, HEIGHT = 960, 540
LEFT, RIGHT, TOP, BOTTOM = 72, 72, 64, 56  # margins
COLOURS = {  # each at least 4.5 to 1 against the white ground
    "training": "#1f6f86",
    "raw": "#9cc3cf",
    "validation": "#a85b00",
    "floor": "#3f7a34",
    "marks": "#6d52a6",
    "axes": "#55606a",
    "words": "#1d262d",
}
MOST_WORDS = 6
LETTER = 7.5  # about the width of one, at the size of the words at a mark


@dataclass(frozen=True)
class Look:
    """What the vertical axis shows, and how."""

    perplexity: bool = False
    logarithmic: bool = False

    def value(self, loss: float) -> float:
        """The loss as the quantity that is shown."""
        return math.exp(min(loss, 12.0)) if self.perplexity else loss

    def place(self, value: float) -> float:
        """Where that stands on the axis, before it is scaled to the paper or the screen."""
        return math.log10(max(value, 1e-6)) if self.logarithmic else value

    def place_of(self, loss: float) -> float:
        """Where a loss stands."""
        return self.place(self.value(loss))


class Paper:
    """Places on the paper for places in the chart."""

    def __init__(self, curves: Curves, look: Look) -> None:
        self.look = look
        self.left, self.right = curves.shown
        shown = curves.smooth.y or curves.raw.y
        losses = [y for y in (*shown, *curves.validation.y) if math.isfinite(y)] or [0.0, 1.0]
        if curves.floor is not None:
            losses.append(curves.floor)
        heights = [look.place_of(loss) for loss in losses]
        room = max((max(heights) - min(heights)) * 0.05, 0.02)
        self.low, self.high = min(heights) - room, max(heights) + room

    def x(self, place: float) -> float:
        """From the left."""
        part = (place - self.left) / ((self.right - self.left) or 1)
        return LEFT + part * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        """From the top, of a value of the quantity that is shown."""
        part = (self.look.place(value) - self.low) / (self.high - self.low)
        return HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM)

    def line(self, points: Points) -> str:
        """The corners of a polyline; what is not finite is left out."""
        return " ".join(
            f"{self.x(x):.1f},{self.y(self.look.value(y)):.1f}"
            for x, y in zip(points.x, points.y, strict=True)
            if math.isfinite(y)
        )


def svg(curves: Curves, title: str, look: Look | None = None) -> str:
    """The whole file. It needs no font, style or script from anywhere."""
    paper = Paper(curves, look or Look())
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="13">',
        f"<title>{escape(visible(title))}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        "<defs><clipPath id='inside'>"
        f"<rect x='{LEFT - 6}' y='{TOP - 6}' width='{WIDTH - LEFT - RIGHT + 12}' "
        f"height='{HEIGHT - TOP - BOTTOM + 12}'/></clipPath></defs>",
        _text(LEFT, 26, title, "words", size=17),
        *_legend(curves, paper.look),
        *_axes(curves, paper),
        '<g clip-path="url(#inside)">',
        *_curves(curves, paper),
        "</g>",
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _text(
    x: float, y: float, words: str, colour: str, *, anchor: str = "start", size: int = 13
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{COLOURS[colour]}" text-anchor="{anchor}" '
        f'font-size="{size}">{escape(visible(words))}</text>'
    )


def _legend(curves: Curves, look: Look) -> Iterator[str]:
    quantity = "perplexity" if look.perplexity else "loss, nats per character"
    scale = " (logarithmic)" if look.logarithmic else ""
    yield _text(LEFT, 50, quantity + scale, "axes")
    entries = [("training", "training")]
    if curves.validation.x:
        entries.append(("validation", "validation"))
    if curves.floor is not None:
        entries.append(("floor", f"floor {look.value(curves.floor):.4g}"))
    x = LEFT + 240
    for colour, words in entries:
        yield f'<rect x="{x}" y="44" width="22" height="4" fill="{COLOURS[colour]}"/>'
        yield _text(x + 28, 50, words, "words")
        x += 60 + 8 * len(words)


def _axes(curves: Curves, paper: Paper) -> Iterator[str]:
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    low, high = paper.low, paper.high
    logarithmic = paper.look.logarithmic
    values = log_ticks(10**low, 10**high, 8) if logarithmic else ticks(low, high, 8)
    for value, figure in zip(values, exact(values), strict=True):
        y = paper.y(value)
        yield f'<path d="M{LEFT} {y:.1f}H{right}" stroke="#e3e7ea"/>'
        yield _text(LEFT - 8, y + 4, figure, "axes", anchor="end")
    across_paper = across((paper.left, paper.right), curves.view.unit, 8)
    for place, figure in zip(*across_paper, strict=True):
        x = paper.x(place)
        yield f'<path d="M{x:.1f} {bottom}v5" stroke="{COLOURS["axes"]}"/>'
        yield _text(x, bottom + 20, figure, "axes", anchor="middle")
    yield _text(right, HEIGHT - 14, curves.view.unit, "axes", anchor="end")
    yield (f'<path d="M{LEFT} {TOP}V{bottom}H{right}" fill="none" stroke="{COLOURS["axes"]}"/>')


def _curves(curves: Curves, paper: Paper) -> Iterator[str]:
    marks = [mark for mark in curves.marks if mark.kind != "checkpoint"]
    for number, mark in enumerate(marks):
        x = paper.x(mark.x)
        yield f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="{COLOURS["marks"]}"/>'
        if number >= len(marks) - MOST_WORDS:
            line = TOP + 14 + 15 * (number % MOST_WORDS)
            behind = x < WIDTH / 2
            anchor = "start" if behind else "end"
            room = int((WIDTH - x if behind else x) / LETTER) - 1
            words = textwrap.shorten(mark.words, room, placeholder=" …")
            yield _text(x + (5 if behind else -5), line, words, "marks", anchor=anchor)
    if curves.floor is not None:
        y = paper.y(paper.look.value(curves.floor))
        yield (
            f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{COLOURS["floor"]}" '
            'stroke-width="1.5" stroke-dasharray="6 4"/>'
        )
    if curves.smooth.x:
        yield _polyline(paper, curves.raw, "raw", 1)
    yield _polyline(paper, curves.smooth if curves.smooth.x else curves.raw, "training", 2)
    for x, y in zip(curves.validation.x, curves.validation.y, strict=True):
        if math.isfinite(y):
            place = f'cx="{paper.x(x):.1f}" cy="{paper.y(paper.look.value(y)):.1f}"'
            yield f'<circle {place} r="4" fill="{COLOURS["validation"]}"/>'
    for x in curves.broken:
        yield _text(paper.x(x), HEIGHT - BOTTOM - 6, "not finite", "validation", anchor="middle")


def _polyline(paper: Paper, points: Points, colour: str, width: float) -> str:
    return (
        f'<polyline points="{paper.line(points)}" fill="none" stroke="{COLOURS[colour]}" '
        f'stroke-width="{width}" stroke-linejoin="round"/>'
    )

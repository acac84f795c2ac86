"""What the chart looks at: units, smoothing, zoom and cursor, as keys and the wheel change them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from rich.cells import cell_len
from rich.text import Text
from textual.geometry import Offset

from gru_tui.actions import key_of
from gru_tui.curves import zoom
from gru_tui.curves.thinning import FIGURES, SMOOTHING, UNITS, View, Window

SECOND_FIGURES = (None, *FIGURES)
LOGARITHMIC = ("logarithmic", "log")
T = TypeVar("T")
Wording = tuple[str, str]  # what a caption says, and what it says where room is short


class Drawn(Protocol):
    """Curves with what they know of their horizontal axis."""

    @property
    def view(self) -> View:
        """What was asked for."""

    @property
    def full(self) -> Window:
        """All of the axis."""

    @property
    def shown(self) -> Window:
        """The part that is drawn."""

    @property
    def end(self) -> float:
        """Where the newest stands."""


class ChartView:
    """Turns presses into views; `curves` are those that the person sees while pressing."""

    def __init__(self) -> None:
        self.view = View()

    def turn_unit(self) -> None:
        """The next unit of x; what was zoomed to had no meaning in it."""
        self.view = replace(self.view, unit=_next(UNITS, self.view.unit))
        self.reset()

    def turn_smoothing(self) -> None:
        """Smooth, smoother, not at all."""
        self.view = replace(self.view, smoothing=_next(SMOOTHING, self.view.smoothing))

    def turn_second(self) -> None:
        """Another figure beneath, or none."""
        self.view = replace(self.view, second=_next(SECOND_FIGURES, self.view.second))

    def reset(self) -> None:
        """The whole run, without a cursor."""
        self.view = replace(self.view, window=None, following=False, cursor=None)

    def zoom(self, curves: Drawn, *, closer: bool, about: float | None = None) -> None:
        """Half or twice as much, about that x, the cursor, or where the newest is."""
        window, full = self._window(curves), curves.full
        if about is None:
            about = self.view.cursor
        if about is None:
            at_end = window[1] >= full[1]
            about = window[1] if at_end else (window[0] + window[1]) / 2
        factor = zoom.CLOSER if closer else 1 / zoom.CLOSER
        self._look_at(zoom.zoomed(window, full, factor, about), full)

    def move(self, curves: Drawn, direction: int) -> None:
        """The cursor by a column, or without a cursor the window by a part of its width."""
        window, full = self._window(curves), curves.full
        if self.view.cursor is not None:
            column = (window[1] - window[0]) / max(1, self.view.columns)
            self.put_cursor(curves, self.view.cursor + direction * column)
        elif self.view.window is not None:
            self._look_at(zoom.panned(window, full, direction * zoom.STRIDE), full)

    def put_cursor(self, curves: Drawn, x: float) -> None:
        """Read out the figures there; what is looked at follows."""
        full = curves.full
        x = min(max(x, full[0]), full[1])
        self.view = replace(self.view, cursor=x)
        if self.view.window is not None:
            self._look_at(zoom.showing(self._window(curves), full, x), full)

    def toggle_cursor(self, curves: Drawn) -> None:
        """At the right end of what is looked at, or none."""
        if self.view.cursor is not None:
            self.view = replace(self.view, cursor=None)
        else:
            self.put_cursor(curves, min(self._window(curves)[1], curves.end))

    def _window(self, curves: Drawn) -> Window:
        # That of the curves has moved along with the run, if it follows it.
        if self.view.window is None:
            return curves.full
        return curves.shown if curves.view.window == self.view.window else self.view.window

    def _look_at(self, window: Window | None, full: Window) -> None:
        # A cursor holds on to what it reads; without one the newest half stays the newest.
        at_end = window is not None and window[1] >= full[1]
        following = at_end and self.view.cursor is None
        self.view = replace(self.view, window=window, following=following)


def _next(values: tuple[T, ...], value: T) -> T:
    return values[(values.index(value) + 1) % len(values)]


def edges(text: Text) -> tuple[int, int]:
    """The columns between which a drawn plot has its curves, by the ends of its lower axis."""
    axis = next((line for line in text.plain.split("\n") if "└" in line), "")
    ends = [place for place in (axis.find("┘"), len(axis)) if place > 0]
    return axis.find("└") + 1, min(ends, default=1)


def pointed_at(offset: Offset | None, columns: tuple[int, int], shown: Window) -> float | None:
    """The x at that place of the chart; None beside the curves."""
    first, last = columns
    if offset is None or not first <= offset.x < last:
        return None
    left, right = shown
    return left + (right - left) * (offset.x - first + 0.5) / (last - first)


def times(full: Window, window: Window) -> Wording:
    """How much larger than life, and the way back."""
    factor = f"{(full[1] - full[0]) / (window[1] - window[0]):,.3g}x"
    return f"{factor}, {key_of('train.reset_chart')} for all", factor


def caption(parts: Sequence[Wording], room: int) -> str:
    """The parts in one line; as many as have to be are said shorter, the first ones first."""
    line = ""
    for count in range(len(parts) + 1):
        words = [short if place < count else long for place, (long, short) in enumerate(parts)]
        line = " · ".join(filter(None, words))
        if cell_len(line) <= room:
            break
    return line

"""The chart of a comparison: a line and a marker a run, in the colour of its place."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len
from rich.text import Text
from textual.content import Content
from textual.events import MouseEvent, MouseScrollDown, MouseScrollUp, Resize
from textual.message import Message
from textual_plotext import Plot, PlotextPlot

from gru_tui.curves.axis import across, exact
from gru_tui.curves.comparison import MARKERS
from gru_tui.curves.overlaying import Overlaid, Overlay
from gru_tui.curves.thinning import Points, View, log_ticks, ticks
from gru_tui.panes.chart_view import (
    LOGARITHMIC,
    ChartView,
    Wording,
    caption,
    edges,
    pointed_at,
    times,
)
from gru_tui.panes.plotting import BROKEN, LINE, Colour, begin, figures_colour
from gru_tui.panes.run_colours import run_colour
from gru_tui.table import cut
from gru_tui.visible import visible

FORK = "Y"  # stands where a fork begins
MOST_MARKERS = 10  # a run; they tell the curves apart, so a few are enough
LEAST_NAME = 4  # cells of a run's name in the legend
NOTHING = "These runs have written nothing yet."
READING = "Reading the curves…"


class OverlayPane(PlotextPlot):
    """Draws the overlay that it is given; asks for another when its width or its unit changes."""

    DEFAULT_CSS = """
    OverlayPane {
        border: round $panel-lighten-2;
        border-title-color: $text-primary;
        border-subtitle-color: $text-muted;
    }
    """

    @dataclass
    class Wanted(Message):
        """The chart wants its curves in another way."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._overlay = Overlay()
        self._is_read = False
        self._logarithmic = False
        self._looking = ChartView()
        self._edges = (0, 1)  # columns between which the curves are drawn

    @property
    def view(self) -> View:
        """What it wants to see now."""
        return replace(self._looking.view, columns=max(10, self.size.width - 8))

    def show(self, overlay: Overlay) -> None:
        """Draw these curves from now on."""
        if overlay != self._overlay or not self._is_read:
            self._overlay, self._is_read = overlay, True
            self._show_titles()
            self.refresh()

    def on_mount(self) -> None:
        """The legend has its colours from the theme."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._show_titles())

    def on_resize(self, event: Resize) -> None:
        """Another width wants another number of points."""
        self._show_titles()
        self.post_message(self.Wanted())

    def toggle_log(self) -> None:
        """Linear or logarithmic from bottom to top."""
        self._logarithmic = not self._logarithmic
        self._show_titles()
        self.refresh()

    def cycle_unit(self) -> None:
        """Steps, epochs, minutes, characters."""
        self._looking.turn_unit()
        self.post_message(self.Wanted())

    def zoom(self, *, closer: bool, about: float | None = None) -> None:
        """See half or twice as much of the horizontal axis."""
        if not self._overlay.empty:
            self._looking.zoom(self._overlay, closer=closer, about=about)
            self.post_message(self.Wanted())

    def move(self, direction: int) -> None:
        """What is seen of a zoomed chart, to the left (-1) or to the right (1)."""
        if not self._overlay.empty:
            self._looking.move(self._overlay, direction)
            self.post_message(self.Wanted())

    def reset(self) -> None:
        """All of it."""
        self._looking.reset()
        self.post_message(self.Wanted())

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Closer to what the mouse points at."""
        event.stop()
        self.zoom(closer=True, about=self._place_of(event))

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Further away from it."""
        event.stop()
        self.zoom(closer=False, about=self._place_of(event))

    def _place_of(self, event: MouseEvent) -> float | None:
        """The x that the mouse points at; None beside the curves."""
        return pointed_at(event.get_content_offset(self), self._edges, self._overlay.shown)

    def _show_titles(self) -> None:
        parts = [Content("Loss")]
        ground = self.background_colors[1]
        runs = self._overlay.runs
        names = fitting([visible(run.name) for run in runs], self.size.width - 8, gap=5)
        for run, name in zip(runs, names, strict=True):
            colour = run_colour(run.place, ground).hex
            parts.append(Content.styled(f"  {MARKERS[run.place]} ", colour))
            parts.append(Content.styled(name, "$foreground-muted"))
        self.border_title = Content("").join(parts)
        self.border_subtitle = Content(caption(self._words_beneath(), self.size.width - 4))

    def _words_beneath(self) -> list[Wording]:
        overlay = self._overlay
        parts: list[Wording] = [("── training", ""), ("markers: validation", "")]
        if any(run.broken for run in overlay.runs):
            parts.append((f"{BROKEN} not finite",) * 2)
        if any(run.forked_at is not None for run in overlay.runs):
            parts.append((f"{FORK} forked",) * 2)
        parts.append((overlay.unit, overlay.unit))
        if overlay.window is not None:
            parts.append(times(overlay.full, overlay.window))
        if self._logarithmic:
            parts.append(LOGARITHMIC)
        return parts

    def render(self) -> Text | Content:
        """The plot, or that there is none yet."""
        if self._overlay.empty:
            words = NOTHING if self._is_read else READING
            return Content.styled(words, "$foreground-muted")
        self._draw(self.plt)
        text = Text.from_ansi(self.plt.build(), no_wrap=True)
        self._edges = edges(text)
        return text

    def _draw(self, plot: Plot) -> None:
        ground = self.background_colors[1]
        begin(plot, *self.size, figures_colour(ground))
        drawn = [(run, run_colour(run.place, ground).rgb) for run in self._overlay.runs]
        for draw in (self._line, self._markers, self._fork):  # what tells them apart lies on top
            for run, colour in drawn:
                draw(plot, run, colour)
        high = self._axes(plot)
        for run, colour in drawn:
            self._not_finite(plot, run, high, colour)

    def _line(self, plot: Plot, run: Overlaid, colour: Colour) -> None:
        line = run.training
        if line.x:
            plot.plot(list(line.x), self._heights(line), marker=LINE, color=colour)

    def _markers(self, plot: Plot, run: Overlaid, colour: Colour) -> None:
        measured = run.validation if run.validation.x else run.training
        marked = sparse(measured.within(self._overlay.shown))
        if marked.x:
            marker = MARKERS[run.place]
            plot.scatter(list(marked.x), self._heights(marked), marker=marker, color=colour)

    def _fork(self, plot: Plot, run: Overlaid, colour: Colour) -> None:
        begun = run.training if run.training.x else run.validation
        left, right = self._overlay.shown
        if run.forked_at is not None and begun.x and left <= run.forked_at <= right:
            height = self._heights(Points(begun.x[:1], begun.y[:1]))
            plot.scatter([run.forked_at], height, marker=FORK, color=colour)

    def _not_finite(self, plot: Plot, run: Overlaid, high: float, colour: Colour) -> None:
        left, right = self._overlay.shown
        places = [x for x in run.broken if left <= x <= right]
        if places:
            plot.scatter(places, [high] * len(places), marker=BROKEN, color=colour)

    def _heights(self, points: Points) -> list[float]:
        if self._logarithmic:
            return [math.log10(max(loss, 1e-6)) for loss in points.y]
        return list(points.y)

    def _axes(self, plot: Plot) -> float:
        """Both axes; returns the height of the upper edge."""
        every = [points for run in self._overlay.runs for points in (run.training, run.validation)]
        shown = [points.within(self._overlay.shown) for points in every]
        seen = [height for points in shown for height in self._heights(points)]
        heights = seen or [height for points in every for height in self._heights(points)]
        low, high = min(heights), max(heights)
        room = max((high - low) * 0.05, 0.01)
        low, high = low - room, high + room
        left, right = self._overlay.shown
        plot.xlim(left, right)
        plot.ylim(low, high)
        most = max(3, self.size.height // 4)
        if self._logarithmic:
            values = log_ticks(10**low, 10**high, most)
            plot.yticks([math.log10(value) for value in values], exact(values))
        else:
            values = ticks(low, high, most)
            plot.yticks(values, exact(values))
        most = max(2, self.size.width // 14)
        plot.xticks(*across(self._overlay.shown, self._overlay.unit, most))
        return high


def sparse(points: Points, most: int = MOST_MARKERS) -> Points:
    """At most so many of the points, evenly spread, the last one among them."""
    count = len(points.x)
    if count <= most:
        return points
    places = [round((number + 1) * count / most) - 1 for number in range(most)]
    return Points(tuple(points.x[at] for at in places), tuple(points.y[at] for at in places))


def fitting(names: Sequence[str], room: int, *, gap: int) -> list[str]:
    """Names that stand in one line with `gap` cells before each: the longest are cut first.

    Where there is no room to tell them apart there are none: the table says whose each marker is.
    """
    room = max(0, room - gap * len(names))
    lengths = [cell_len(name) for name in names]
    longest = max(lengths, default=0)
    while sum(min(longest, length) for length in lengths) > room:
        if longest <= LEAST_NAME:
            return [""] * len(names)
        longest -= 1
    return [cut(name, longest) for name in names]

"""The chart of a comparison: a line and a marker a run, in the colour of its place."""

import math
from dataclasses import dataclass

from rich.text import Text
from textual.content import Content
from textual.events import Resize
from textual.message import Message
from textual_plotext import Plot, PlotextPlot

from gru_tui.curves.comparison import MARKERS
from gru_tui.curves.overlaying import Overlaid, Overlay
from gru_tui.curves.thinning import LEAST, UNITS, Points, View, log_ticks, ticks
from gru_tui.figures import size
from gru_tui.panes.plotting import LINE, Colour
from gru_tui.panes.run_colours import run_colour
from gru_tui.visible import visible

FORK = "Y"  # stands where a fork begins
MOST_MARKERS = 10  # a run; they tell the curves apart, so a few are enough
NOTHING = "These runs have written nothing yet."


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
        self._logarithmic = False
        self._unit_place = 0

    @property
    def view(self) -> View:
        """What it wants to see now."""
        return View(unit=UNITS[self._unit_place], columns=max(10, self.size.width - 8))

    def show(self, overlay: Overlay) -> None:
        """Draw these curves from now on."""
        if overlay != self._overlay:
            self._overlay = overlay
            self._show_titles()
            self.refresh()

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
        self._unit_place = (self._unit_place + 1) % len(UNITS)
        self.post_message(self.Wanted())

    def _show_titles(self) -> None:
        parts = [Content("Loss")]
        ground = self.background_colors[1]
        for run in self._overlay.runs:
            colour = run_colour(run.place, ground).hex
            parts.append(Content.styled(f"  {MARKERS[run.place]} ", colour))
            parts.append(Content.styled(visible(run.name), "$foreground-muted"))
        self.border_title = Content("").join(parts)
        words = ["── training", "markers: validation", self._overlay.unit]
        if any(run.forked_at is not None for run in self._overlay.runs):
            words.insert(2, f"{FORK} forked")
        if self._logarithmic:
            words.append("logarithmic")
        self.border_subtitle = " · ".join(words)

    def render(self) -> Text | Content:
        """The plot, or that there is none yet."""
        if self._overlay.empty:
            return Content.styled(NOTHING, "$foreground-muted")
        self._draw(self.plt)
        return Text.from_ansi(self.plt.build(), no_wrap=True)

    def _draw(self, plot: Plot) -> None:
        plot.clear_figure()
        plot.theme("clear")
        plot.plotsize(self.size.width, self.size.height)
        plot._set_size(self.size.width, self.size.height)
        ground = self.background_colors[1]
        drawn = [(run, run_colour(run.place, ground).rgb) for run in self._overlay.runs]
        for draw in (self._line, self._markers, self._fork):  # what tells them apart lies on top
            for run, colour in drawn:
                draw(plot, run, colour)
        self._axes(plot, ground.blend(ground.get_contrast_text(1.0), 0.65).rgb)

    def _line(self, plot: Plot, run: Overlaid, colour: Colour) -> None:
        line = run.training
        if line.x:
            plot.plot(list(line.x), self._heights(line), marker=LINE, color=colour)

    def _markers(self, plot: Plot, run: Overlaid, colour: Colour) -> None:
        marked = sparse(run.validation if run.validation.x else run.training)
        if marked.x:
            marker = MARKERS[run.place]
            plot.scatter(list(marked.x), self._heights(marked), marker=marker, color=colour)

    def _fork(self, plot: Plot, run: Overlaid, colour: Colour) -> None:
        begun = run.training if run.training.x else run.validation
        if run.forked_at is not None and begun.x:
            height = self._heights(Points(begun.x[:1], begun.y[:1]))
            plot.scatter([run.forked_at], height, marker=FORK, color=colour)

    def _heights(self, points: Points) -> list[float]:
        if self._logarithmic:
            return [math.log10(max(loss, 1e-6)) for loss in points.y]
        return list(points.y)

    def _axes(self, plot: Plot, colour: tuple[int, int, int]) -> None:
        every = [points for run in self._overlay.runs for points in (run.training, run.validation)]
        heights = [height for points in every for height in self._heights(points)]
        low, high = min(heights), max(heights)
        room = max((high - low) * 0.05, 0.01)
        low, high = low - room, high + room
        right = max([LEAST[self._overlay.unit], *(points.x[-1] for points in every if points.x)])
        plot.axes_color("default")
        plot.ticks_color(colour)
        plot.xaxes(True, False)
        plot.yaxes(True, False)
        plot.xlim(0.0, right)
        plot.ylim(low, high)
        most = max(3, self.size.height // 4)
        if self._logarithmic:
            values = log_ticks(10**low, 10**high, most)
            plot.yticks([math.log10(value) for value in values], [f"{v:.3g}" for v in values])
        else:
            values = ticks(low, high, most)
            plot.yticks(values, [f"{value:.3g}" for value in values])
        places = ticks(0.0, right, max(2, self.size.width // 14))
        plot.xticks(places, [self._x_figure(place, right) for place in places])

    def _x_figure(self, place: float, right: float) -> str:
        if self._overlay.unit in {"steps", "characters"}:
            return f"{place:,.0f}" if right < 1_000_000 else size(place)
        return f"{float(f'{place:.6g}'):g}"


def sparse(points: Points, most: int = MOST_MARKERS) -> Points:
    """At most so many of the points, evenly spread, the last one among them."""
    count = len(points.x)
    if count <= most:
        return points
    places = [round((number + 1) * count / most) - 1 for number in range(most)]
    return Points(tuple(points.x[at] for at in places), tuple(points.y[at] for at in places))

"""The chart of a sweep: the loss over learning rates that grow by equal factors."""

import math

from rich.text import Text
from textual.content import Content
from textual_plotext import PlotextPlot

from gru_tui.curves.axis import figures
from gru_tui.curves.thinning import ticks
from gru_tui.panes.plotting import LINE, RAW, begin, figures_colour
from gru_tui.panes.run_colours import run_colour

DECADES = range(-5, 1)
LOSS, SUGGESTED = 0, 1  # their places among the colours


class RateChart(PlotextPlot):
    """Draws the points that it has been given, and the suggested rate once there is one."""

    DEFAULT_CSS = """
    RateChart { height: 45vh; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._points: list[tuple[float, float, float]] = []
        self._suggested: float | None = None

    def add(self, points: list[tuple[float, float, float]]) -> None:
        """More of them: rate, loss, smoothed loss."""
        self._points += points
        self.refresh()

    def suggest(self, rate: float | None) -> None:
        """Mark that rate."""
        self._suggested = rate
        self.refresh()

    def render(self) -> Text | Content:
        """The plot, or that it is being prepared."""
        if not self._points:
            return Content.styled("A copy of the model is prepared …", "$foreground-muted")
        self._draw()
        return Text.from_ansi(self.plt.build(), no_wrap=True)

    def _draw(self) -> None:
        plot, ground = self.plt, self.background_colors[1]
        begin(plot, *self.size, figures_colour(ground))
        rates = [math.log10(rate) for rate, _, _ in self._points]
        smooth = [value for _, _, value in self._points]
        # Single losses, and the end where all is lost, do not decide what is seen of the rest.
        low = min(smooth)
        high = min(max(smooth), 2 * smooth[0] - low if smooth[0] > low else max(smooth)) + 0.05
        raw = [(x, y) for x, (_, y, _) in zip(rates, self._points, strict=True) if low < y < high]
        loss = run_colour(LOSS, ground).rgb
        if raw:
            plot.scatter([x for x, _ in raw], [y for _, y in raw], marker=RAW, color=loss)
        plot.plot(rates, [min(y, high) for y in smooth], marker=LINE, color=loss)
        if self._suggested is not None:
            colour = run_colour(SUGGESTED, ground).rgb
            plot.vline(math.log10(self._suggested), colour)
        plot.xlim(DECADES[0], DECADES[-1])
        plot.ylim(low - 0.05, high)
        plot.xticks(list(DECADES), [f"{10.0**decade:g}" for decade in DECADES])
        values = ticks(low - 0.05, high, max(2, self.size.height // 4))
        plot.yticks(values, figures(values))

"""The keys of the Train screen's charts."""

from gru_tui.panes.chart import ChartPane
from gru_tui.screens.followed import FollowedScreen


class ChartedScreen(FollowedScreen):
    """Routes them to the chart."""

    @property
    def chart(self) -> ChartPane:
        """The one chart of the screen."""
        return self.query_one(ChartPane)

    def action_toggle_perplexity(self) -> None:
        """Loss or perplexity."""
        self.chart.toggle_quantity()

    def action_toggle_log(self) -> None:
        """Linear or logarithmic."""
        self.chart.toggle_log()

    def action_cycle_axis(self) -> None:
        """Steps, epochs, minutes, characters."""
        self.chart.cycle_unit()

    def action_cycle_smoothing(self) -> None:
        """Smooth, smoother, raw."""
        self.chart.cycle_smoothing()

    def action_cycle_second(self) -> None:
        """Another second chart, or none."""
        self.chart.cycle_second()

    def action_zoom_in(self) -> None:
        """Closer."""
        self.chart.zoom(closer=True)

    def action_zoom_out(self) -> None:
        """Further away."""
        self.chart.zoom(closer=False)

    def action_chart_left(self) -> None:
        """Cursor or window to the left."""
        self.chart.move(-1)

    def action_chart_right(self) -> None:
        """Cursor or window to the right."""
        self.chart.move(1)

    def action_toggle_cursor(self) -> None:
        """With a cursor, or without."""
        self.chart.toggle_cursor()

    def action_reset_chart(self) -> None:
        """The whole run."""
        self.chart.reset()

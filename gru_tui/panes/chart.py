"""The chart: loss of training and validation, with perplexity on the right or by itself."""

import math
from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len
from rich.text import Text
from textual.color import Color
from textual.content import Content
from textual.events import Resize
from textual.message import Message
from textual_plotext import PlotextPlot

from gru_tui.panes import plotting
from gru_tui.thinning import SMOOTHING, UNITS, Curves, View
from gru_tui.visible import visible

Quantity = Literal["loss", "perplexity"]
COLOURS = {
    "training": ("primary", "foreground"),
    "raw": ("primary", "foreground"),
    "validation": ("warning", "foreground"),
    "floor": ("success", "foreground"),
    "marks": ("secondary", "foreground"),
    "axes": ("foreground", "foreground"),
}
FAINT = {"raw": 0.35, "axes": 0.55, "floor": 0.8}


class ChartPane(PlotextPlot):
    """Draws the curves that it is given; asks for others when its width or its unit changes."""

    DEFAULT_CSS = """
    ChartPane {
        border: round $panel-lighten-2;
        border-title-color: $text-primary;
        border-subtitle-color: $text-muted;
    }
    """

    @dataclass
    class Wanted(Message):
        """The chart wants its curves as this view says."""

        view: View

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._curves: Curves | None = None
        self._quantity: Quantity = "loss"
        self._logarithmic = False
        self._unit_place = 0
        self._smoothing_place = 0
        self._empty = ""
        self.show_titles()

    @property
    def view(self) -> View:
        """What it wants to see now."""
        return View(
            UNITS[self._unit_place],
            max(10, self.size.width - 12),
            SMOOTHING[self._smoothing_place],
        )

    def show(self, curves: Curves | None) -> None:
        """Draw these curves from now on; None draws the empty words."""
        if curves != self._curves:
            self._curves = curves
            self.show_titles()
            self.refresh()

    def show_empty(self, words: str) -> None:
        """What to say as long as there is no curve."""
        words = visible(words)
        if words != self._empty:
            self._empty = words
            self.refresh()

    def on_resize(self, event: Resize) -> None:
        """Another width wants another number of points."""
        self.show_titles()
        self.post_message(self.Wanted(self.view))

    def toggle_quantity(self) -> None:
        """Loss with perplexity at the right, or perplexity alone."""
        self._quantity = "perplexity" if self._quantity == "loss" else "loss"
        self.show_titles()
        self.refresh()

    def toggle_log(self) -> None:
        """Linear or logarithmic from bottom to top."""
        self._logarithmic = not self._logarithmic
        self.show_titles()
        self.refresh()

    def cycle_unit(self) -> None:
        """Steps, epochs, minutes."""
        self._unit_place = (self._unit_place + 1) % len(UNITS)
        self.post_message(self.Wanted(self.view))

    def cycle_smoothing(self) -> None:
        """Smooth, smoother, not at all."""
        self._smoothing_place = (self._smoothing_place + 1) % len(SMOOTHING)
        self.post_message(self.Wanted(self.view))

    def show_titles(self) -> None:
        """What is drawn, in the frame: it costs the chart no line."""
        name = "Loss (nats per character)" if self._quantity == "loss" else "Perplexity"
        curves = self._curves
        if curves is None or curves.empty:
            self.border_title, self.border_subtitle = name, ""
            return
        legend = [(f"  {plotting.RULE} ", "$primary"), ("training", "$foreground-muted")]
        if curves.validation.x:
            legend.append((f"  {plotting.POINT} ", "$warning"))
            legend.append(("validation", "$foreground-muted"))
        if curves.floor is not None:
            floor = self._drawing().value(curves.floor)
            legend.append((f"  {plotting.FLOOR * 2} ", "$success"))
            legend.append((f"floor {floor:.4g}", "$foreground-muted"))
        self.border_title = Content.assemble(name, *legend)
        parts: list[str] = [curves.view.unit]
        if self._logarithmic:
            parts.append("logarithmic")
        parts.append(f"smoothing {curves.view.smoothing:g}" if curves.view.smoothing else "raw")
        if self._drawing().second_axis:
            parts.append("perplexity at the right")
        self.border_subtitle = " · ".join(parts)

    def _drawing(self) -> plotting.Drawing:
        return plotting.Drawing(
            width=self.size.width,
            height=self.size.height,
            colours=self._colours(),
            perplexity=self._quantity == "perplexity",
            logarithmic=self._logarithmic,
        )

    def render(self) -> Text | Content:
        """The plot, or what to do first."""
        curves = self._curves
        if curves is None or curves.empty:
            return self._words()
        plotting.draw(self.plt, curves, self._drawing())
        return Text.from_ansi(self.plt.build(), no_wrap=True)

    def _words(self) -> Content:
        lines = self._empty.split("\n")
        above = max(0, (self.size.height - len(lines)) // 2)
        width = max(cell_len(line) for line in lines)
        left = " " * max(0, (self.size.width - width) // 2)
        text = "\n" * above + "\n".join(left + line for line in lines)
        return Content.styled(text, "$foreground-muted")

    def _colours(self) -> dict[str, tuple[int, int, int]]:
        variables = self.app.theme_variables
        below = self.background_colors[1]
        found: dict[str, tuple[int, int, int]] = {}
        for name, (variable, other) in COLOURS.items():
            colour = Color.parse(variables.get(variable) or variables[other])
            if colour.ansi is not None:
                colour = Color.parse("#c0c0c0" if below.brightness < 0.5 else "#303030")
            if name in FAINT:
                colour = below.blend(colour, FAINT[name])
            elif math.dist(colour.rgb, below.rgb) < 60:
                colour = below.get_contrast_text(1.0)
            found[name] = colour.rgb
        return found

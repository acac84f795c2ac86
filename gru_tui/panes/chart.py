"""The chart: loss of training and validation with perplexity, and one more figure beneath."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from rich.cells import cell_len
from rich.text import Text
from textual.color import Color
from textual.content import Content
from textual.events import Click, MouseEvent, MouseScrollDown, MouseScrollUp, Resize
from textual.message import Message
from textual.widget import Widget

from gru_tui.curves.svg_chart import Look
from gru_tui.curves.thinning import Curves, View
from gru_tui.panes import plotting, readout, second_chart
from gru_tui.panes.chart_view import (
    LOGARITHMIC,
    ChartView,
    Wording,
    caption,
    edges,
    pointed_at,
    times,
)
from gru_tui.panes.contrast import legible
from gru_tui.visible import visible, visible_line

if TYPE_CHECKING:
    from textual_plotext import Plot

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
BACKGROUND = ("raw", "axes")
LEAST_CONTRAST = 3.0  # of curves and points: what WCAG 2 wants of graphics
ROOM_FOR_TWO = 16  # lines from which on a second chart stands beneath the first
PART_OF_SECOND = 0.38
LEFT_LABEL, RIGHT_LABEL = 6, 5  # cells of figures at the axes of two charts, one above the other


class ChartPane(Widget):
    """Draws the curves that it is given; asks for others when it wants to see something else."""

    DEFAULT_CSS = """
    ChartPane {
        width: 1fr;
        height: 1fr;
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
        self._looking = ChartView()
        self._empty = ""
        self._edges = (0, 1)  # columns between which the first chart has its curves
        self.show_titles()

    @cached_property
    def _plots(self) -> "tuple[Plot, Plot]":
        # This loads plotext, for which the first frame does not wait.
        from textual_plotext import Plot

        return Plot(), Plot()

    @property
    def view(self) -> View:
        """What it wants to see now."""
        return replace(self._looking.view, columns=max(10, self.size.width - 12))

    @property
    def look(self) -> Look:
        """Which quantity it shows, and how, for those who draw it elsewhere."""
        return Look(self._quantity == "perplexity", self._logarithmic)

    def show(self, curves: Curves | None) -> None:
        """Draw these curves from now on; None draws the empty words, and forgets the zoom."""
        if curves is None:
            self._looking.reset()
        if curves != self._curves:
            self._curves = curves
            self.show_titles()
            self.refresh()

    def look_afresh(self) -> None:
        """Whoever asks for a view next sees the whole run, without a cursor."""
        self._looking.reset()

    def show_empty(self, words: str) -> None:
        """What to say as long as there is no curve."""
        words = visible(words)
        if words != self._empty:
            self._empty = words
            self.refresh()

    def on_mount(self) -> None:
        """The colours of the curves are the theme's."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._wear_theme())

    def on_resize(self, event: Resize) -> None:
        """Another width wants another number of points."""
        self.show_titles()
        self._want()

    # --- what is looked at ---

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
        """Steps, epochs, minutes, characters."""
        self._looking.turn_unit()
        self._want()

    def cycle_smoothing(self) -> None:
        """Smooth, smoother, not at all."""
        self._looking.turn_smoothing()
        self._want()

    def cycle_second(self) -> None:
        """Another figure in the second chart, or none."""
        self._looking.turn_second()
        self._want()

    def zoom(self, *, closer: bool, about: float | None = None) -> None:
        """See half or twice as much of the horizontal axis."""
        if self._curves is not None:
            self._looking.zoom(self._curves, closer=closer, about=about)
            self._want()

    def move(self, direction: int) -> None:
        """The cursor, or the window, to the left (-1) or to the right (1)."""
        if self._curves is not None:
            self._looking.move(self._curves, direction)
            self._want()

    def toggle_cursor(self) -> None:
        """Read out the figures at a place, or do not."""
        if self._curves is not None:
            self._looking.toggle_cursor(self._curves)
            self._want()

    def reset(self) -> None:
        """The whole run, without a cursor."""
        self._looking.reset()
        self._want()

    def on_click(self, event: Click) -> None:
        """The cursor goes where the mouse points."""
        x = self._place_of(event)
        if self._curves is not None and x is not None:
            self._looking.put_cursor(self._curves, x)
            self._want()

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Closer to what the mouse points at."""
        event.stop()
        self.zoom(closer=True, about=self._place_of(event))

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Further away from it."""
        event.stop()
        self.zoom(closer=False, about=self._place_of(event))

    def _wear_theme(self) -> None:
        self.show_titles()
        self.refresh()

    def _want(self) -> None:
        self.post_message(self.Wanted(self.view))

    def _place_of(self, event: MouseEvent) -> float | None:
        """The x that the mouse points at; None beside the curves."""
        if self._curves is None:
            return None
        return pointed_at(event.get_content_offset(self), self._edges, self._curves.shown)

    # --- how it looks ---

    def show_titles(self) -> None:
        """What is drawn, in the frame: it costs the chart no line."""
        name = "Loss (nats per character)" if self._quantity == "loss" else "Perplexity"
        curves = self._curves
        if curves is None or curves.empty:
            self.border_title, self.border_subtitle = name, ""
            return
        room = self.size.width - 4
        second = curves.view.second
        if self._is_instead and second is not None:
            name = second_chart.title(curves, second)
            place = visible_line(readout.where(curves, room - len(name) - 3))
            self.border_title = Content(f"{name} · {place}" if place else name)
        else:
            place = visible_line(readout.where(curves, room))
            self.border_title = Content(place) if place else self._legend(name, curves, room)
        beneath = readout.figures(curves, room) or caption(self._words_beneath(curves), room)
        self.border_subtitle = Content(beneath)

    def _legend(self, name: str, curves: Curves, room: int) -> Content:
        shades = {name: Color(*parts).hex for name, parts in self._colours().items()}
        legend = [(f"  {plotting.RULE} ", shades["training"]), ("training", "$foreground-muted")]
        if curves.validation.x:
            legend.append((f"  {plotting.POINT} ", shades["validation"]))
            legend.append(("validation", "$foreground-muted"))
        if curves.floor is not None:
            floor = self._drawing().value(curves.floor)
            legend.append((f"  {plotting.FLOOR * 2} ", shades["floor"]))
            legend.append((f"floor {floor:.4g}", "$foreground-muted"))
        if curves.broken:
            legend.append((f"  {plotting.BROKEN} ", shades["validation"]))
            legend.append(("not finite", "$foreground-muted"))
        title = Content.assemble(name, *legend)
        if title.cell_length > room:
            title = Content.assemble(name.partition(" (")[0], *legend)
        saved = Content.assemble(
            title,
            (f"  {plotting.CHECKPOINT} ", shades["marks"]),
            ("checkpoint", "$foreground-muted"),
        )
        is_marked = any(mark.kind == "checkpoint" for mark in curves.marks)
        return saved if is_marked and saved.cell_length <= room else title

    def _words_beneath(self, curves: Curves) -> list[Wording]:
        view = curves.view
        parts: list[Wording] = [(view.unit, view.unit)]
        if curves.window is not None:
            parts.append(times(curves.full, curves.window))
        alone = view.second if self._is_instead else None
        if self._logarithmic and (alone is None or second_chart.has_logarithms(curves, alone)):
            parts.append(LOGARITHMIC)
        if alone is not None:  # only the loss is smoothed, and has a perplexity
            return parts
        parts.append((f"smoothing {view.smoothing:g}" if view.smoothing else "raw",) * 2)
        if self._drawing().second_axis:
            parts.append(("perplexity at the right",) * 2)
        return parts

    @property
    def _is_instead(self) -> bool:
        """Whether the second chart stands in the place of the first."""
        curves = self._curves
        wanted = curves is not None and curves.view.second is not None
        return wanted and self.size.height < ROOM_FOR_TWO

    def _drawing(self) -> plotting.Drawing:
        return plotting.Drawing(
            width=self.size.width,
            height=self.size.height,
            colours=self._colours(),
            perplexity=self._quantity == "perplexity",
            logarithmic=self._logarithmic,
        )

    def render(self) -> Text | Content:
        """The plots, or what to do first."""
        curves = self._curves
        if curves is None or curves.empty:
            return self._words()
        drawing, second = self._drawing(), curves.view.second
        above, beneath = self._plots
        if second is None:
            plotting.draw(above, curves, drawing)
            return self._built(above)
        if self._is_instead:
            second_chart.draw(beneath, curves, second, replace(drawing, perplexity=True))
            return self._built(beneath)
        lower = round(drawing.height * PART_OF_SECOND)
        drawing = replace(drawing, least_label=LEFT_LABEL, right_label=RIGHT_LABEL)
        second_chart.draw(beneath, curves, second, replace(drawing, height=lower))
        plotting.draw(above, curves, replace(drawing, height=drawing.height - lower - 1))
        upper = self._built(above)
        title = Text(" " * (LEFT_LABEL + 1) + second_chart.title(curves, second) + "\n")
        # The lower right axis has no figures, only their room: a tick would be one of nothing.
        lines = beneath.build().replace("├", "│")
        return Text.assemble(upper, title, Text.from_ansi(lines, no_wrap=True))

    def _built(self, plot: "Plot") -> Text:
        text = Text.from_ansi(plot.build(), no_wrap=True, end="\n")
        self._edges = edges(text)
        return text

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
            if name not in BACKGROUND:
                colour = legible(colour, below, LEAST_CONTRAST)
            found[name] = colour.rgb
        return found

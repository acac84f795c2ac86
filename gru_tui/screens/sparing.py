"""Sparing the line: only cells that differ are written, and frames that it cannot carry are not.

What the screens draw is kept in a canvas. A frame is the way from what the terminal shows to
what it is to show; when the line is busy it is left out, and the newest one follows later.
"""

import asyncio
import math
import time
from collections.abc import Callable, Iterator
from functools import lru_cache, partial

from rich.color import ColorSystem
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.app import App
from textual.events import CursorPosition, Event, InputEvent, MouseMove, Paste, Resize
from textual.screen import Screen
from textual.strip import Strip
from textual.timer import Timer

from gru_tui.terminal.canvas import PLAIN, Canvas, Cell, Difference, Pen, Span, add_cells
from gru_tui.terminal.flow import Flow, number_at, question

MOST_AT_THE_END = 1.0  # seconds for the last answer
AFTER_A_SIGNAL = 0.3  # seconds for it: the end itself has not much more (`terminal.leaving`)
AGAIN = 0.05  # seconds until the next try, when Textual does not draw just now


class Frame(CompositorUpdate):
    """What is written, when Textual gets to it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.written = False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Textual writes it with `render_segments` only."""
        yield from ()

    def render_segments(self, console: Console) -> str:
        """The text, once it is certain that it will be written."""
        self.written = True
        return self.text


class Sparing(App[str]):
    """The base of the app that stands between Textual's drawing and the terminal."""

    def __init__(self) -> None:
        super().__init__()
        self._canvas = Canvas()
        self._flow = Flow()
        self._owed: set[Span] = set()  # what a person waits for, of all that is held back
        self._base: Screen[object] | None = None  # the screen beneath all dialogs
        self._later: Timer | None = None
        self._mounted_at = math.inf
        self._leaving: Callable[[], None] | None = None  # waits for the last answer

    def on_mount(self) -> None:
        """Ask before the first frame: the answer comes fast, and tells the line's delay."""
        self._mounted_at = time.monotonic()
        if self._driver is not None and not self.is_headless:
            self._driver.write(asked := question(self._flow.number))
            self._flow.sent(len(asked), time.monotonic(), urgent=True)

    async def on_event(self, event: Event) -> None:
        """What a person does is answered at once; another size makes the old picture worthless."""
        passes_by = isinstance(event, MouseMove) and not event.button
        if isinstance(event, InputEvent | Paste | Resize) and not passes_by:
            self._flow.touch(time.monotonic())
        if isinstance(event, Resize):
            is_known = event.size == self._canvas.size
            # Textual tells it at the start, too: the first picture would be written twice.
            if not is_known or event.time > self._mounted_at:
                self._canvas.forget()
                self._owed.clear()
                if is_known:  # back from the background: a person waits for all
                    columns, rows = self._canvas.size
                    self._owed.update((y, 0, columns) for y in range(rows))
                    self._draw_later(AGAIN)
        await super().on_event(event)

    def on_cursor_position(self, event: CursorPosition) -> None:
        """The terminal's answer: what was written before the question has arrived."""
        self._flow.answered(number_at(event.x, event.y), event.time)
        self._catch_up()
        if self._leaving is not None and not self._flow.answers_due(time.monotonic()):
            self._leave()

    def exit(
        self, result: str | None = None, return_code: int = 0, message: RenderableType | None = None
    ) -> None:
        """End when the last answer is in: one that comes later would be typed into the shell."""
        leave = partial(super().exit, result, return_code, message)
        if self._leaving is None and self._flow.answers_due(time.monotonic()):
            self._leaving = leave
            most = AFTER_A_SIGNAL if return_code else MOST_AT_THE_END
            asyncio.get_running_loop().call_later(most, self._leave)
        else:
            leave()

    def _leave(self) -> None:
        if self._leaving is not None and not self._exit:
            self._leaving()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Textual's own: draw an update of that screen."""
        if self.is_headless or not isinstance(renderable, LayoutUpdate | ChopsUpdate):
            if renderable is not None:
                self._canvas.forget()  # whatever that is
            super()._display(screen, renderable)
            return
        is_resized = self._canvas.size != self.size
        self._canvas.resize(*self.size)
        if self._base is not self.screen_stack[0]:
            self._base = self.screen_stack[0]
            self._canvas.forget()  # going to another screen repairs what others wrote into it
        system = self.console._color_system or ColorSystem.TRUECOLOR
        own: list[Span] = []
        for x, y, strip in _pieces(renderable):
            if span := self._canvas.want(x, y, _cells(strip, system)):
                own.append(span)
        if not is_resized or isinstance(renderable, LayoutUpdate):  # else the layout is to come
            self._draw(own)

    def _draw(self, own: list[Span]) -> None:
        """All that differs, or at least what a key has changed, or nothing yet."""
        now = time.monotonic()
        everything = self._canvas.difference()
        wait = self._wait(everything, now, urgent=False)
        if wait <= 0 or not everything.text:
            if self._send(everything, urgent=self._flow.touched(now)):
                self._owed.clear()
            return
        if own and self._flow.touched(now):
            echo = self._canvas.difference(own)
            if self._wait(echo, now, urgent=True) > 0 or not self._send(echo, urgent=True):
                self._owed.update(own)
        if self._owed:
            caused = self._canvas.difference(sorted(self._owed))
            soon = self._wait(caused, now, urgent=True)
            if soon <= 0 and self._send(caused, urgent=True):
                self._owed.clear()
            else:
                wait = min(wait, max(soon, AGAIN))
        self._draw_later(wait)

    def _wait(self, difference: Difference, now: float, *, urgent: bool) -> float:
        return self._flow.wait(len(difference.text.encode()), now, urgent=urgent)

    def _send(self, difference: Difference, *, urgent: bool) -> bool:
        if not difference.text:
            self._canvas.written(difference)
            return True
        now = time.monotonic()
        asks = self._leaving is None and self._flow.asks(now)
        frame = Frame(difference.text + (question(self._flow.number) if asks else ""))
        super()._display(self.screen, frame)
        if frame.written:
            self._canvas.written(difference)
            if asks:
                self._flow.sent(len(frame.text.encode()), now, urgent=urgent)
        else:
            self._draw_later(AGAIN)
        return frame.written

    def _draw_later(self, seconds: float) -> None:
        if self._later is not None:
            self._later.stop()
        self._later = self.set_timer(seconds, self._catch_up)

    def _catch_up(self) -> None:
        """Draw what was held back, if it may be drawn now and the screen still has that size."""
        if self._later is not None:
            self._later.stop()
            self._later = None
            if self._canvas.size == self.size:  # else the new layout is about to be drawn
                self._draw([])


@lru_cache(maxsize=1024)
def _pen(style: Style | None, system: ColorSystem) -> Pen:
    if style is None:
        return PLAIN
    before, _, after = Strip.render_style(style, "\0", system).partition("\0")
    return before, after


@lru_cache(maxsize=1024)
def _ground(style: Style | None) -> Style | None:
    """The style of blanks alone: in which colour nothing is written there, nobody sees."""
    if style is None or style.reverse or style.underline or style.strike or style.overline:
        return style
    return Style.from_color(None, style.bgcolor)


def _cells(strip: Strip, system: ColorSystem) -> list[Cell]:
    cells: list[Cell] = []
    for text, style, control in strip:
        if not control:
            seen = style if text.strip(" ") else _ground(style)
            add_cells(cells, text, _pen(seen, system))
    return cells


def _pieces(update: LayoutUpdate | ChopsUpdate) -> Iterator[tuple[int, int, Strip]]:
    """Column, row and text of everything that the update wants to have drawn."""
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in line:
                yield x, y, strip
                x += strip.cell_length
        return
    for y, start, end in update.spans:
        for cut, (x, part) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if part is not None and x < end and cut > start:
                yield x, y, part if cut <= end else part.crop(0, end - x)

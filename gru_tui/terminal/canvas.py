"""What the terminal shows and what it is to show, cell by cell, and the way from one to the other.

Only cells that differ are written. What was wanted meanwhile and never written is forgotten:
frames can be left out, and the next one that is written makes up for all of them.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import split_graphemes

Pen = tuple[str, str]  # what switches a style on, and what switches it off
Cell = tuple[str, Pen]  # the text of a cell; none where the sign before it is two cells wide
Span = tuple[int, int, int]  # row, and columns from and to
PLAIN: Pen = ("", "")
UNKNOWN: Cell = ("?", ("?", "?"))
NARROW = re.compile("[ -~─-▟⠀-⣿]*")  # most of what is shown: a cell for each sign
SHORT = 4  # unchanged cells that are cheaper to write once more than to step over


def add_cells(line: list[Cell], text: str, pen: Pen) -> None:
    """Continue `line` with the cells of `text`, as many as Textual counts: emoji may be joined.

    Signs without a width belong to the one before them, if there is one.
    """
    if NARROW.fullmatch(text):
        line += [(sign, pen) for sign in text]
        return
    for start, end, width in split_graphemes(text)[0]:
        sign = text[start:end]
        if width:
            line.append((sign, pen))
            line += [("", pen)] * (width - 1)
        elif line:
            at = max(at for at, (earlier, _) in enumerate(line) if earlier)
            line[at] = (line[at][0] + sign, line[at][1])


@dataclass(frozen=True)
class Difference:
    """What to write, and the parts of the screen that are as wanted once it is written."""

    text: str
    spans: tuple[Span, ...]


class Canvas:
    """Two pictures of one screen."""

    def __init__(self) -> None:
        self.size = (0, 0)  # columns, rows
        self._wanted: list[list[Cell]] = []
        self._shown: list[list[Cell]] = []
        self._stale: set[int] = set()  # rows that may differ

    def resize(self, columns: int, rows: int) -> None:
        """Another size: nothing is known of what stands there."""
        if self.size != (columns, rows):
            self.size = (columns, rows)
            self._wanted = [[(" ", PLAIN)] * columns for _ in range(rows)]
            self.forget()

    def forget(self) -> None:
        """Whatever the terminal shows, it is to be written anew."""
        columns, rows = self.size
        self._shown = [[UNKNOWN] * columns for _ in range(rows)]
        self._stale = set(range(rows))

    def want(self, x: int, y: int, cells: Sequence[Cell]) -> Span | None:
        """Let these cells stand there; where that is, as far as it is on the screen."""
        columns, rows = self.size
        if not (cells and 0 <= y < rows and 0 <= x < columns):
            return None
        end = min(columns, x + len(cells))
        line = self._wanted[y]
        start, after = x, end
        while not line[start][0]:
            start -= 1
        line[start:x] = [(" ", line[start][1])] * (x - start)  # a wide sign that loses its half
        line[x:end] = cells[: end - x]
        while after < columns and not line[after][0]:
            line[after] = (" ", line[after][1])
            after += 1
        self._stale.add(y)
        return (y, start, after)

    def difference(self, spans: Iterable[Span] | None = None) -> Difference:
        """How to write what differs, in these parts of the screen, in order, or everywhere."""
        columns = self.size[0]
        if spans is None:
            spans = [(y, 0, columns) for y in sorted(self._stale)]
        taken = tuple(spans)
        writer = _Writer()
        for y, start, end in taken:
            self._write(writer, y, start, end)
        return Difference(writer.end(), taken)

    def written(self, difference: Difference) -> None:
        """It is on its way to the terminal: that is what stands there now."""
        for y, start, end in difference.spans:
            self._shown[y][start:end] = self._wanted[y][start:end]
            if self._shown[y] == self._wanted[y]:
                self._stale.discard(y)

    def _write(self, writer: "_Writer", y: int, start: int, end: int) -> None:
        wanted, shown = self._wanted[y], self._shown[y]
        if wanted[start:end] == shown[start:end]:
            return
        for x in range(start, end):
            if wanted[x] != shown[x]:
                while x > 0 and not wanted[x][0]:
                    x -= 1  # the first half of a wide sign writes both
                writer.put(x, y, wanted)


class _Writer:
    """Collects text, steps over what need not be written, and changes pens as little as it can."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._x, self._y = -1, -1  # where the terminal's cursor is
        self._pen = PLAIN

    def put(self, x: int, y: int, line: list[Cell]) -> None:
        """Write the cell in that column, unless it has been written with the one before."""
        if y == self._y and x < self._x:
            return
        self._go(x, y, line)
        text, pen = line[x]
        self._take(pen)
        self._parts.append(text)
        self._x = x + 1
        while self._x < len(line) and not line[self._x][0]:
            self._x += 1
        if len(text) > 1 or self._x > x + 1:
            # Terminals do not agree about the width of such signs: say where the next one is.
            self._parts.append(f"\x1b[{y + 1};{self._x + 1}H")

    def end(self) -> str:
        """All of it, no style left on."""
        self._take(PLAIN)
        return "".join(self._parts)

    def _go(self, x: int, y: int, line: list[Cell]) -> None:
        if y == self._y and x == self._x:
            return
        between = line[self._x : x] if y == self._y else []
        plain = all(pen == self._pen and len(text) == 1 for text, pen in between)
        if between and len(between) <= SHORT and plain:
            self._parts += [text for text, _ in between]
        elif between:
            self._parts.append(f"\x1b[{len(between)}C")
        else:
            self._parts.append(f"\x1b[{y + 1};{x + 1}H")
        self._x, self._y = x, y

    def _take(self, pen: Pen) -> None:
        if pen != self._pen:
            self._parts += [self._pen[1], pen[0]]
            self._pen = pen

"""A curve of any length in bounded memory, and the few of its points that a chart draws.

A run of a million lines is kept as 60,000 groups of 16: more than ever fits on a screen, so
that it can be looked at closely, and few enough to be thinned anew for every frame.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_tui.curves.smoothing import Smoothing
from gru_tui.curves.thinning import UNITS, Points, Unit, Window

MOST = 1 << 16  # groups; beyond, two neighbours become one
BEYOND = 1e30  # a damaged file's place or figure: a chart's arithmetic need not bear it
FIRST_ROOM = 256
Rows = NDArray[np.float64]

COUNT, FINITE = len(UNITS), len(UNITS) + 1  # columns behind the places
SMOOTH = FINITE + 1


class Track:
    """Figures over steps, epochs, minutes and characters, in the order of the steps.

    Each row is a group of consecutive points: the place of the last one, how many they are,
    how many of them have a finite first figure, the smoothed first figure after the last one,
    and the least and the greatest of each figure. Up to MOST points, a group is a point.
    """

    def __init__(
        self, figures: Sequence[str], smoothing: Sequence[float] = (), *, most: int = MOST
    ) -> None:
        """`smoothing` are weights of the past by which the first figure is smoothed."""
        self.figures = tuple(figures)
        self.weights = tuple(smoothing)
        self.every = 1  # points in a whole group
        self._most = most
        self._low = SMOOTH + len(self.weights)
        self._high = self._low + len(self.figures)
        self._store: Rows = np.empty((FIRST_ROOM, self._high + len(self.figures)))
        self._size = 0
        self._finite = 0  # points behind the smoothed curve

    def __len__(self) -> int:
        return self._size

    @property
    def rows(self) -> Rows:
        """The groups so far, one a row; a view."""
        return self._store[: self._size]

    def restore(self, rows: Rows, every: int) -> None:
        """Go on from what another track had: its `rows` and its `every`. Raises ValueError."""
        width = self._store.shape[1]
        if rows.shape != (len(rows), width) or every < 1 or len(rows) > self._most:
            raise ValueError("these are rows of another kind of track")
        if not np.isfinite(rows[:, :SMOOTH]).all():
            raise ValueError("these rows stand nowhere")
        self._size, self.every = 0, every
        self._append(rows)
        self._count_finite()

    def add(self, points: Rows) -> None:
        """Further points, one a row: its four places, then its figures.

        Places never go back: plotext would draw the way there and back, however far that is.
        """
        if not len(points):
            return
        new = np.empty((len(points), self._store.shape[1]))
        least = self.rows[-1, :COUNT] if self._size else 0.0
        places = np.clip(points[:, :COUNT], least, BEYOND)
        np.maximum.accumulate(places, out=new[:, :COUNT])
        new[:, COUNT] = 1
        figures = new[:, self._low : self._high]
        figures[:] = points[:, COUNT:]
        figures[~(np.abs(figures) < BEYOND)] = np.nan
        new[:, self._high :] = figures
        new[:, FINITE] = ~np.isnan(figures[:, 0])
        self._smooth(new, figures[:, 0])
        self._finite += int(new[:, FINITE].sum())
        self._append(self._grouped(new))
        while self._size > self._most:
            self._halve()

    def rewind(self, step: int) -> bool:
        """Forget what came after that step; whether that was anything."""
        place = int(np.searchsorted(self.rows[:, 0], step, side="right"))
        if place == self._size:
            return False
        self._size = place
        self._count_finite()
        return True

    def place(self, unit: Unit) -> Rows:
        """Where the groups stand."""
        return self.rows[:, UNITS.index(unit)]

    def bounds(self, figure: str) -> tuple[Rows, Rows]:
        """The least and the greatest of each group; NaN where none was finite."""
        column = self.figures.index(figure)
        return self.rows[:, self._low + column], self.rows[:, self._high + column]

    def points(self, unit: Unit, figure: str, columns: int, window: Window | None) -> Points:
        """A figure's curve for a chart of so many columns."""
        low, high = self.bounds(figure)
        return thinned(self.place(unit), low, columns, high=high, window=window)

    def smooth(self, unit: Unit, weight: float, columns: int, window: Window | None) -> Points:
        """The smoothed curve of the first figure; `weight` is one of those given."""
        column = self.rows[:, SMOOTH + self.weights.index(weight)]
        return thinned(self.place(unit), column, columns, window=window)

    def broken(self, unit: Unit) -> tuple[float, ...]:
        """Where the first figure was not finite."""
        rows = self.rows
        return tuple(self.place(unit)[rows[:, FINITE] < rows[:, COUNT]].tolist())

    def nearest(self, unit: Unit, x: float) -> dict[str, Any] | None:
        """The point nearest to x, or the group around it.

        Its places and figures by name, these as (least, greatest), and `smooth` by weight.
        """
        if not self._size:
            return None
        places = self.place(unit)
        after = min(int(np.searchsorted(places, x)), self._size - 1)
        before = max(0, after - 1)
        alone = self.rows[after, COUNT] == 1  # else x lies in the group, whose place is its end
        return self._named(before if alone and x - places[before] <= places[after] - x else after)

    def before(self, step: float) -> dict[str, Any] | None:
        """The last group up to that step, as `nearest` has it; None when there is none."""
        place = int(np.searchsorted(self.rows[:, 0], step, side="right")) - 1
        return None if place < 0 else self._named(place)

    def _named(self, place: int) -> dict[str, Any]:
        row = self.rows[place].tolist()
        figures = zip(row[self._low : self._high], row[self._high :], strict=True)
        return {
            **dict(zip(UNITS, row, strict=False)),
            **dict(zip(self.figures, figures, strict=True)),
            "smooth": dict(zip(self.weights, row[SMOOTH:], strict=False)),
        }

    def _count_finite(self) -> None:
        self._finite = int(self.rows[:, FINITE].sum())

    def _smooth(self, new: Rows, first: Rows) -> None:
        if self.weights:
            values = first.tolist()
            for column, weight in enumerate(self.weights, SMOOTH):
                mean = self.rows[-1, column] if self._size else np.nan
                new[:, column] = Smoothing(weight, float(mean), self._finite).extend(values)

    def _grouped(self, new: Rows) -> Rows:
        """In groups of `every`, of which the first fills up the last group so far."""
        if self.every == 1:
            return new
        begun = int(self.rows[-1, COUNT]) if self._size else self.every
        starts = [0]
        if begun < self.every:
            new = np.concatenate([self.rows[-1:], new])
            self._size -= 1
            starts = [0, self.every - begun + 1]
        starts.extend(range(starts[-1] + self.every, len(new), self.every))
        return self._merged(new, [start for start in starts if start < len(new)])

    def _halve(self) -> None:
        self.every *= 2
        merged = self._merged(self.rows, list(range(0, self._size, 2)))
        self._size = 0
        self._append(merged)

    def _merged(self, rows: Rows, starts: list[int]) -> Rows:
        """One row for the rows from each start to the next."""
        merged: Rows = rows[np.array([*starts[1:], len(rows)]) - 1]
        merged[:, COUNT:SMOOTH] = np.add.reduceat(rows[:, COUNT:SMOOTH], starts)
        least, greatest = slice(self._low, self._high), slice(self._high, None)
        merged[:, least] = np.fmin.reduceat(rows[:, least], starts)
        merged[:, greatest] = np.fmax.reduceat(rows[:, greatest], starts)
        return merged

    def _append(self, rows: Rows) -> None:
        size = self._size + len(rows)
        if size > len(self._store):
            room = np.empty((max(size, 2 * len(self._store)), self._store.shape[1]))
            room[: self._size] = self.rows
            self._store = room
        self._store[self._size : size] = rows
        self._size = size


def thinned(
    x: Sequence[float] | Rows,
    y: Sequence[float] | Rows,
    columns: int,
    *,
    high: Sequence[float] | Rows | None = None,
    window: Window | None = None,
) -> Points:
    """At most two points for each of the columns, the least and the greatest, in their order.

    x ascends; `high` are the greatest values of groups whose least are `y`. Of what lies
    outside the window one neighbour on each side stays, so that the curve reaches the frame.
    """
    x, low = np.asarray(x, float), np.asarray(y, float)
    high = low if high is None else np.asarray(high, float)
    if window is not None:
        first, last = np.searchsorted(x, window[0]), np.searchsorted(x, window[1], side="right")
        kept = slice(max(0, int(first) - 1), int(last) + 1)
        x, low, high = x[kept], low[kept], high[kept]
    if not len(x):
        return Points()
    if len(x) <= (2 * columns if low is high else columns):
        starts = np.arange(len(x))
    else:
        # The last point is a column of its own: where the curve has got to is always seen.
        edges = np.linspace(x[0], x[-1], max(columns, 2))[1:-1]
        newest = [len(x) - 1] if columns > 1 else []
        # A damaged file may not ascend; then the picture is wrong, but it is one.
        starts = np.unique(np.maximum.accumulate([0, *np.searchsorted(x, edges), *newest]))
    least = _first_places(low, starts, np.fmin)
    greatest = _first_places(high, starts, np.fmax)
    places = np.concatenate([least, greatest])
    values = np.concatenate([low[least], high[greatest]])
    order = np.argsort(places, kind="stable")
    places, values = places[order], values[order]
    once = np.ones(len(places), bool)
    once[1:] = (places[1:] != places[:-1]) | (values[1:] != values[:-1])
    return Points(tuple(x[places[once]].tolist()), tuple(values[once].tolist()))


def _first_places(values: Rows, starts: NDArray[np.intp], choose: np.ufunc) -> NDArray[np.intp]:
    """In each piece that has a finite value, the first place of the one that `choose` takes."""
    group = np.zeros(len(values), np.intp)
    group[starts[1:]] = 1
    group = np.cumsum(group)
    chosen = choose.reduceat(values, starts)
    places = np.flatnonzero(values == chosen[group])
    first = np.unique(group[places], return_index=True)[1]
    found: NDArray[np.intp] = places[first]
    return found

"""Comparing runs: which ones, each with its fixed marker, what sets them apart, and by how much."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpora.errors import ReportedError
from gru_tui.draft import as_text
from gru_tui.figures import loss_figure

if TYPE_CHECKING:
    from gru_tui.listing.rows import RunRow

# A place's marker; its colour is in gru_tui.panes.run_colours. They differ in ASCII, too.
MARKERS = "●■▲◆▼►◄+"
MOST = len(MARKERS)


class Selection:
    """Up to eight runs in the order in which they were chosen.

    Each has a place, the lowest that was free: it keeps its colour and its marker while others
    come and go. The first is the baseline.
    """

    def __init__(self) -> None:
        self._places: dict[str, int] = {}

    @property
    def ids(self) -> tuple[str, ...]:
        """The baseline first."""
        return tuple(self._places)

    def place(self, run_id: str) -> int | None:
        """The run's place from 0 on; None when it is not selected."""
        return self._places.get(run_id)

    def marker(self, run_id: str) -> str:
        """The marker of its place, "" when it is not selected."""
        place = self._places.get(run_id)
        return "" if place is None else MARKERS[place]

    def toggle(self, run_id: str) -> None:
        """Take the run in, or out. Raises ReportedError when eight are in."""
        if run_id in self._places:
            del self._places[run_id]
            return
        free = [place for place in range(MOST) if place not in self._places.values()]
        if not free:
            raise ReportedError(f"{MOST} runs are the most that can be told apart; take one out")
        self._places[run_id] = free[0]

    def clear(self) -> None:
        """Take all out."""
        self._places.clear()

    def keep_only(self, known: Collection[str]) -> None:
        """Take out what is gone from the disk."""
        self._places = {key: place for key, place in self._places.items() if key in known}


@dataclass(frozen=True)
class Line:
    """One line of the comparison: a name, each run's value, and whether they differ."""

    label: str
    cells: tuple[str, ...]
    differs: bool


def delta(row: "RunRow", baseline: "RunRow | None") -> float | None:
    """How much higher its best validation loss is than the baseline's; below 0 is better."""
    if baseline is None or row.best is None or baseline.best is None:
        return None
    return row.best - baseline.best


def delta_figure(row: "RunRow", baseline: "RunRow | None") -> str:
    """As in +0.012; the baseline itself says so."""
    if baseline is not None and row.id == baseline.id:
        return "base"
    found = delta(row, baseline)
    return "-" if found is None else f"{found:+.3f}".replace("-", "−")


def compared(rows: Sequence["RunRow"], *, everything: bool = False) -> tuple[Line, ...]:
    """What the runs are, and the hyperparameters that differ, or all; the first is the baseline."""
    if not rows:
        return ()
    baseline = rows[0]
    lines = [
        _line("best", [loss_figure(row.best).strip() for row in rows]),
        _line("to the first", [delta_figure(row, baseline) for row in rows]),
        _line("epoch", [_figure(row.epoch, ".2f") for row in rows]),
        _line("step", [_figure(row.step, ",") for row in rows]),
    ]
    names = dict.fromkeys(name for row in rows for name in row.hyperparameters)
    told = [_line("corpus", [row.corpus or "-" for row in rows])]
    if any(row.parent for row in rows):
        told.append(_line("forked from", [row.parent.split(" at step")[0] or "-" for row in rows]))
    told += [_line(name, [_value(row, name) for row in rows]) for name in names]
    return (*lines, *(line for line in told if everything or line.differs))


def _line(label: str, cells: Sequence[str]) -> Line:
    return Line(label.replace("_", " "), tuple(cells), len(set(cells)) > 1)


def _value(row: "RunRow", name: str) -> str:
    return as_text(row.hyperparameters[name]) if name in row.hyperparameters else "-"


def _figure(value: float | None, pattern: str) -> str:
    return "-" if value is None else format(value, pattern)

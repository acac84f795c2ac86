"""The curves of several runs on one pair of axes: a fork begins where its parent was left.

Reads events: call it off the UI, from one thread at a time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gru_tui.curves import digest
from gru_tui.curves.history import History
from gru_tui.curves.thinning import LEAST, Curves, Points, Unit, View, Window
from gru_tui.runs.summary import Summary

if TYPE_CHECKING:
    from gru_tui.listing.rows import RunRow
    from gru_tui.runs.run import Run
    from gru_tui.runs.store import Store


@dataclass(frozen=True)
class Overlaid:
    """One run's curves, moved right to where it was forked; `place` says how they are drawn."""

    name: str
    place: int
    training: Points
    validation: Points
    broken: tuple[float, ...] = ()  # where a loss was not finite
    forked_at: float | None = None


@dataclass(frozen=True)
class Overlay:
    """All curves of a comparison. Losses in nats per character."""

    view: View = field(default_factory=View)
    runs: tuple[Overlaid, ...] = ()
    end: float = 0.0  # where the run stands that has come farthest
    window: Window | None = None  # what the view's has become by moving along

    @property
    def unit(self) -> Unit:
        """What the horizontal axis counts."""
        return self.view.unit

    @property
    def full(self) -> Window:
        """All of the horizontal axis."""
        return 0.0, max(LEAST[self.unit], self.end)

    @property
    def shown(self) -> Window:
        """The part of it that is drawn."""
        return self.window or self.full

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(run.training.x or run.validation.x for run in self.runs)


class Followed:
    """One run's events, folded as far as they have been written."""

    def __init__(self, run: "Run") -> None:
        self.history = History()
        known = digest.opened(run, self.history)  # a long run is not read from its beginning
        self._summary = Summary(run, lambda events: self.history.take(*events), known)

    def update(self) -> None:
        """Read on."""
        self._summary.update()
        self.history.take_notes()  # which nobody shows here

    def place_of(self, step: int, unit: Unit) -> float:
        """Where that step is on the axis; 0 when nothing has been trained until there."""
        found = self.history.training.before(step)
        return float(found[unit]) if found is not None else 0.0


class Overlaying:
    """Remembers what it has read of the runs that it is asked for."""

    def __init__(self) -> None:
        self._followed: dict[str, Followed] = {}

    def overlay(
        self,
        store: "Store",
        chosen: Sequence[tuple[str, int]],  # id and place
        known: Mapping[str, "RunRow"],
        view: View,
    ) -> Overlay:
        """The chosen runs as that view wants them. Raises ReportedError."""
        wanted = {run_id for run_id, _ in chosen}
        for run_id, _ in chosen:
            wanted.update(ancestors(run_id, known))
        self._followed = {key: kept for key, kept in self._followed.items() if key in wanted}
        shown = [each for each in chosen if each[0] in known and not known[each[0]].fault]
        starts = [self._start(store, run_id, known, view.unit) for run_id, _ in shown]
        followed = [self._read(store, run_id) for run_id, _ in shown]
        ends = [each.history.end(view.unit) for each in followed]
        end = max(map(sum, zip(starts, ends, strict=True)), default=0.0)
        window = view.window_at(end)
        runs = tuple(
            _overlaid(
                each.history.curves_within(view, _shifted(window, -start)),
                known[run_id],
                place,
                start,
            )
            for (run_id, place), start, each in zip(shown, starts, followed, strict=True)
        )
        return Overlay(view, runs, end, window)

    def _start(
        self, store: "Store", run_id: str, known: Mapping[str, "RunRow"], unit: Unit
    ) -> float:
        """Where on the axis the run begins: what its ancestors had done before it."""
        start = 0.0
        for child in (run_id, *ancestors(run_id, known)):
            row = known.get(child)
            if row is None or not row.parent_id:
                continue
            if unit == "steps":
                start += row.parent_step
            elif unit == "epochs":
                start += row.parent_epoch
            elif row.parent_id in known:  # a parent that is deleted has taken its clock along
                start += self._read(store, row.parent_id).place_of(row.parent_step, unit)
        return start

    def _read(self, store: "Store", run_id: str) -> Followed:
        followed = self._followed.get(run_id)
        if followed is None:
            followed = self._followed[run_id] = Followed(store.get(run_id))
        followed.update()
        return followed


def _shifted(window: Window | None, by: float) -> Window | None:
    """The window of a run, which counts from its own beginning and not from its ancestors'."""
    return None if window is None else (window[0] + by, window[1] + by)


def _overlaid(curves: Curves, row: "RunRow", place: int, start: float) -> Overlaid:
    return Overlaid(
        row.name,
        place,
        _moved(curves.smooth if curves.view.smoothing else curves.raw, start),
        _moved(curves.validation, start),
        tuple(x + start for x in curves.broken),
        start if row.parent_id else None,
    )


def ancestors(run_id: str, known: Mapping[str, "RunRow"]) -> tuple[str, ...]:
    """The run's parent, its parent's parent and so on, as far as they are known."""
    found: list[str] = []
    row = known.get(run_id)
    while row is not None and row.parent_id and row.parent_id not in {run_id, *found}:
        found.append(row.parent_id)
        row = known.get(row.parent_id)
    return tuple(found)


def _moved(points: Points, start: float) -> Points:
    return Points(tuple(x + start for x in points.x), points.y) if start else points

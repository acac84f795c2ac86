"""A run's curves and its story, folded from its events, in bounded memory."""

import math
from collections import deque
from collections.abc import Callable, Iterable
from itertools import groupby, islice
from operator import attrgetter

import numpy as np

from engine.events import (
    Answer,
    AnyEvent,
    CheckpointSaved,
    HyperparametersChanged,
    Rollback,
    Sample,
    State,
    Step,
    Validation,
    Warned,
)
from gru_tui.curves.moment import Moment
from gru_tui.curves.thinning import (
    SMOOTHING,
    UNITS,
    Curves,
    Happening,
    Mark,
    Points,
    Reading,
    Unit,
    View,
    Window,
)
from gru_tui.curves.track import Rows, Track
from gru_tui.draft import as_text
from gru_tui.picture import Note

MOST_MOMENTS = 2_000  # of each: checkpoints, and all else; the oldest are forgotten
MOST_COLUMNS = 100  # of a second curve: it is noisier than a loss, and dear to draw
MOST_NOTES = 300  # that are kept; a run's own file has all
OF_STEPS = ("loss", "learning_rate", "gradient_norm", "characters_per_second", "memory")
OF_VALIDATIONS = ("loss", "update_ratio", "saturation")
PLACES = ("step", "epoch", "seconds", "characters")
_step_figures = attrgetter(*PLACES, *OF_STEPS)
_validation_figures = attrgetter(*PLACES, *OF_VALIDATIONS)


class History:
    """All that a chart and a pane of samples show of one run.

    `floor` in nats per character; `forked` says where a fork comes from.
    """

    def __init__(self, floor: float | None = None, forked: str = "") -> None:
        self._floor = floor
        self._forked = forked
        self.training = Track(OF_STEPS, [weight for weight in SMOOTHING if weight])
        self.validation = Track(OF_VALIDATIONS)
        self.moments: deque[Moment] = deque(maxlen=MOST_MOMENTS)
        self.checkpoints: deque[Moment] = deque(maxlen=MOST_MOMENTS)
        self.notes: deque[Note] = deque(maxlen=MOST_NOTES)
        self._untold = 0  # of the notes, the last ones
        self.began = False
        self.starting = False  # was its last state: what runs behind it has been resumed

    def take(self, *events: AnyEvent) -> None:
        """Fold further events in; many at once go fastest."""
        for kind, group in groupby(events, type):
            if kind is Step:
                rows = _rows(group, _step_figures)
                rows[rows[:, -1] == 0, -1] = np.nan  # a memory that nobody measured
                self.training.add(rows)
            else:
                for event in group:
                    self._take(event)

    def _take(self, event: AnyEvent) -> None:
        match event:
            case Validation():
                self.validation.add(_rows([event], _validation_figures))
            case HyperparametersChanged() if event.changed:
                self._change(event)
            case Rollback():
                self._rewind(event.to_step)
                self._mark(event, "rolled back", "rollback")
                words = f"{event.reason}; back to step {event.to_step:,} with learning rate"
                self.note(Note("warning", words, as_text(event.learning_rate)))
            case State():
                self._come_into(event)
            case CheckpointSaved():
                self._mark(event, f"checkpoint of step {event.step:,}", "checkpoint")
            case _:
                self._tell(event)

    def take_notes(self) -> tuple[Note, ...]:
        """The story since the last call."""
        first = max(0, len(self.notes) - self._untold)
        self._untold = 0
        return tuple(islice(self.notes, first, None))

    def note(self, *notes: Note) -> None:
        """Add to the story."""
        self.notes.extend(notes)
        self._untold += len(notes)

    def end(self, unit: Unit) -> float:
        """Where the run stands."""
        tracks = (self.training, self.validation)
        return float(max([0.0, *(place for each in tracks for place in each.place(unit)[-1:])]))

    def curves(self, view: View) -> Curves:
        """What the chart draws in that view."""
        return self.curves_within(view, view.window_at(self.end(view.unit)))

    def curves_within(self, view: View, window: Window | None) -> Curves:
        """The same for `window`, wherever the run stands; None: for the whole axis."""
        unit, columns, training = view.unit, view.columns, self.training
        marks = [moment.mark(unit) for moment in (*self.checkpoints, *self.moments)]
        if self._forked:
            marks.insert(0, Mark(0.0, self._forked, "fork"))
        second, smooth = Points(), Points()
        if view.second is not None:
            track = training if view.second in OF_STEPS else self.validation
            second = track.points(unit, view.second, min(columns, MOST_COLUMNS), window)
        if view.smoothing:
            smooth = training.smooth(unit, view.smoothing, columns, window)
        return Curves(
            view=view,
            raw=training.points(unit, "loss", columns, window),
            smooth=smooth,
            validation=self.validation.points(unit, "loss", columns, window),
            second=second,
            marks=tuple(marks),
            broken=training.broken(unit) + self.validation.broken(unit),
            floor=self._floor,
            end=self.end(unit),
            reading=None if view.cursor is None else self._reading(view, view.cursor),
            window=window,
        )

    def _reading(self, view: View, x: float) -> Reading | None:
        found = self.training.nearest(view.unit, x)
        if found is None:
            return None
        second = found.get(view.second or "")
        validated = self.validation.before(found["steps"])
        if validated is not None and second is None:
            second = validated.get(view.second or "")
        smooth = found["smooth"].get(view.smoothing, math.nan)
        return Reading(
            x=found[view.unit],
            step=int(found["steps"]),
            epoch=found["epochs"],
            loss=found["loss"],
            smooth=smooth,
            learning_rate=found["learning_rate"],
            validation=validated["loss"][1] if validated else None,
            second=second,
        )

    def _change(self, event: HyperparametersChanged) -> None:
        words = [
            f"{name.replace('_', ' ')} {as_text(old)} → {as_text(new)}"
            for name, (old, new) in event.changed.items()
        ]
        self._mark(event, ", ".join(words), "change")
        by = f" (by {event.by})" if event.by else ""
        self.note(Note("remark", f"step {event.step:,}:", ", ".join(words) + by))

    def _come_into(self, event: State) -> None:
        if event.state == "running":
            if self.began and (self._rewind(event.step) or self.starting):
                self._mark(event, "resumed", "resume")
            self.began = True
        elif event.state == "failed" or (event.state == "paused" and event.reason):
            self.note(Note("warning", f"{event.state}:", event.reason))
        self.starting = event.state == "starting"

    def _tell(self, event: AnyEvent) -> None:
        match event:
            case Sample():
                head = f"step {event.step:,} · epoch {event.epoch:.1f}"
                head += f" · temperature {event.temperature:g}"
                self.note(Note("sample", head, event.text, event.seed_text))
            case Warned():
                self.note(Note("warning", event.message))
            case Answer() if not event.ok and event.message:
                self.note(Note("warning", event.message))
            case _:
                pass

    def _mark(self, event: AnyEvent, words: str, kind: Happening) -> None:
        kept = self.checkpoints if kind == "checkpoint" else self.moments
        place = (event.step, event.epoch, event.seconds, event.characters)
        kept.append(Moment(*place, words, kind))

    def _rewind(self, step: int) -> bool:
        """The run goes on from an earlier step: what came after it is done again."""
        rewound = self.training.rewind(step)
        self.validation.rewind(step)
        for kept in (self.moments, self.checkpoints):
            lasting = [moment for moment in kept if moment.step <= step]
            kept.clear()
            kept.extend(lasting)
        return rewound


def _rows(events: Iterable[AnyEvent], figures: Callable[[AnyEvent], tuple[float, ...]]) -> Rows:
    """Points for a track; None, which is what a figure that was not finite is, becomes NaN."""
    rows = np.array([figures(event) for event in events], float)
    rows[:, UNITS.index("minutes")] /= 60
    return rows

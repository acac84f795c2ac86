"""A run's curves and its story, folded from its events."""

from array import array
from bisect import bisect_right
from dataclasses import dataclass

from engine.events import (
    Answer,
    AnyEvent,
    HyperparametersChanged,
    Rollback,
    Sample,
    State,
    Step,
    Validation,
    Warned,
)
from gru_tui.draft import as_text
from gru_tui.picture import Note
from gru_tui.thinning import Curves, Mark, Points, Smoothed, Unit, View, thinned

NOT_FINITE = float("nan")


class Track:
    """Losses over steps, epochs and minutes, in the order of the steps."""

    def __init__(self) -> None:
        self.losses = array("d")
        self._x: dict[Unit, array[float]] = {
            "steps": array("d"),
            "epochs": array("d"),
            "minutes": array("d"),
        }

    def add(self, event: Step | Validation) -> None:
        """One more point."""
        self.losses.append(NOT_FINITE if event.loss is None else event.loss)
        self._x["steps"].append(event.step)
        self._x["epochs"].append(event.epoch)
        self._x["minutes"].append(event.seconds / 60)

    def rewind(self, step: int) -> bool:
        """Forget what came after that step; whether that was anything."""
        place = bisect_right(self._x["steps"], step)
        if place == len(self.losses):
            return False
        for values in (self.losses, *self._x.values()):
            del values[place:]
        return True

    def x(self, unit: Unit) -> "array[float]":
        """Where the points stand."""
        return self._x[unit]


@dataclass(frozen=True)
class Moment:
    """Something that happened, at its place on each axis."""

    step: int
    epoch: float
    seconds: float
    words: str

    def mark(self, unit: Unit) -> Mark:
        """For the chart."""
        x = {"steps": float(self.step), "epochs": self.epoch, "minutes": self.seconds / 60}[unit]
        return Mark(x, self.words)


class History:
    """All that a chart and a pane of samples show of one run; `floor` in nats per character."""

    def __init__(self, floor: float | None = None) -> None:
        self._floor = floor
        self._training = Track()
        self._validation = Track()
        self._moments: list[Moment] = []
        self._smoothed = Smoothed(0.0)
        self._notes: list[Note] = []
        self._began = False

    def take(self, event: AnyEvent) -> None:
        """Fold one more event in."""
        match event:
            case Step():
                self._training.add(event)
            case Validation():
                self._validation.add(event)
            case HyperparametersChanged() if event.changed:
                self._change(event)
            case Rollback():
                self._rewind(event.to_step)
                self._mark(event, "rolled back")
                words = f"{event.reason}; back to step {event.to_step:,} with learning rate"
                self._notes.append(Note("warning", words, as_text(event.learning_rate)))
            case State():
                self._come_into(event)
            case _:
                self._tell(event)

    def take_notes(self) -> tuple[Note, ...]:
        """The story since the last call."""
        notes, self._notes = tuple(self._notes), []
        return notes

    def curves(self, view: View) -> Curves:
        """What the chart draws in that view."""
        track, x = self._training, self._training.x(view.unit)
        smooth = Points()
        if view.smoothing:
            if self._smoothed.weight != view.smoothing:
                self._smoothed = Smoothed(view.smoothing)
            self._smoothed.extend(track.losses)
            smooth = thinned(x, self._smoothed.values, view.columns)
        return Curves(
            view=view,
            raw=thinned(x, track.losses, view.columns),
            smooth=smooth,
            validation=thinned(
                self._validation.x(view.unit), self._validation.losses, view.columns
            ),
            marks=tuple(moment.mark(view.unit) for moment in self._moments),
            floor=self._floor,
        )

    def _change(self, event: HyperparametersChanged) -> None:
        words = [
            f"{name.replace('_', ' ')} {as_text(old)} → {as_text(new)}"
            for name, (old, new) in event.changed.items()
        ]
        self._mark(event, words[0] if len(words) == 1 else f"{len(words)} changes")
        by = f" (by {event.by})" if event.by else ""
        self._notes.append(Note("remark", f"step {event.step:,}:", ", ".join(words) + by))

    def _come_into(self, event: State) -> None:
        if event.state == "running":
            if self._began and self._rewind(event.step):
                self._mark(event, "resumed")
            self._began = True
        elif event.state == "failed" or (event.state == "paused" and event.reason):
            self._notes.append(Note("warning", f"{event.state}:", event.reason))

    def _tell(self, event: AnyEvent) -> None:
        match event:
            case Sample():
                head = f"step {event.step:,} · epoch {event.epoch:.1f}"
                head += f" · temperature {event.temperature:g}"
                self._notes.append(Note("sample", head, event.text, event.seed_text))
            case Warned():
                self._notes.append(Note("warning", event.message))
            case Answer() if not event.ok and event.message:
                self._notes.append(Note("warning", event.message))
            case _:
                pass

    def _mark(self, event: HyperparametersChanged | Rollback | State, words: str) -> None:
        self._moments.append(Moment(event.step, event.epoch, event.seconds, words))

    def _rewind(self, step: int) -> bool:
        """The run goes on from an earlier step: what came after it is done again."""
        rewound = self._training.rewind(step)
        self._validation.rewind(step)
        self._moments = [moment for moment in self._moments if moment.step <= step]
        if rewound:
            self._smoothed = Smoothed(self._smoothed.weight)
        return rewound

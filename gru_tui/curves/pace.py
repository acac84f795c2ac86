"""How long a run still needs: its recent pace, its validations apart, up to its first bound.

The time before the first step counts for nothing (it never comes again), a pause neither (the
run's clock stands), and a validation that has not been seen yet is estimated from its size.
"""

import math
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.events import AnyEvent, Rollback, State, Step, Validation

FORWARD_ONLY = 1 / 3  # of the work on a character of training: it has no backward pass
MOST_WAYPOINTS = 128
NEAR = 1e-3  # of an epoch: it ends with a whole step
LEAST_SPAN = 0.2  # seconds of training from which a pace can be told


@dataclass(frozen=True)
class Waypoint:
    """Where the run stood; `validating` are the seconds spent on validations until then."""

    seconds: float
    step: int
    epoch: float
    validating: float


class Pace:
    """Folded from events; one for each look at a run."""

    def __init__(self) -> None:
        self._waypoints: list[Waypoint] = []  # evenly spaced in time, from the beginning on
        self._gap = 0.0  # seconds between two of them
        self._now: Waypoint | None = None
        self._validated: Waypoint | None = None  # where the last validation was, or the beginning
        self._validating = 0.0
        self._costs: deque[float] = deque(maxlen=8)  # of the last validations, in seconds

    def take(self, events: Iterable[AnyEvent]) -> None:
        """Fold further events in."""
        for event in events:
            if isinstance(event, Step):
                self._add(event)
            elif isinstance(event, Validation):
                self._measure(event)
            elif isinstance(event, Rollback) or (
                isinstance(event, State) and event.state == "running"
            ):
                self._begin_anew(event)

    def _begin_anew(self, event: Rollback | State) -> None:
        if isinstance(event, State) and self._now and event.step == self._now.step:
            return  # after a pause nothing has changed
        self._waypoints, self._gap, self._now = [], 0.0, None
        self._add(event)
        self._validated = self._now

    def _add(self, event: Step | Rollback | State) -> None:
        self._stand_at(Waypoint(event.seconds, event.step, event.epoch, self._validating))

    def _stand_at(self, waypoint: Waypoint) -> None:
        self._now = waypoint
        if not self._waypoints or waypoint.seconds - self._waypoints[-1].seconds >= self._gap:
            self._waypoints.append(waypoint)
        if len(self._waypoints) > MOST_WAYPOINTS:
            del self._waypoints[1::2]
            self._gap = 2 * (waypoint.seconds - self._waypoints[0].seconds) / MOST_WAYPOINTS

    def _measure(self, event: Validation) -> None:
        if self._now is not None:
            cost = max(0.0, event.seconds - self._now.seconds)
            self._costs.append(cost)
            self._validating += cost
            last = self._now
            self._stand_at(Waypoint(event.seconds, last.step, last.epoch, self._validating))
            self._validated = self._now

    def left(self, hyperparameters: Mapping[str, Any]) -> float | None:
        """Seconds until the first bound is reached; None without a bound or a pace."""
        now = self._now
        if now is None:
            return None
        found: list[float] = []
        if bound := float(hyperparameters.get("max_seconds") or 0):
            found.append(max(0.0, bound - now.seconds))
        before = self._before(now)
        if before is not None:
            span = now.seconds - before.seconds - (now.validating - before.validating)
            steps, epochs = now.step - before.step, now.epoch - before.epoch
            each = span / steps
            if bound := float(hyperparameters.get("steps") or 0):
                more = max(0.0, bound - now.step)
                found.append(self._work(hyperparameters, now, more, each, epochs / steps))
            if (bound := float(hyperparameters.get("epochs") or 0)) and epochs > 0:
                more = max(0.0, bound - now.epoch) * steps / epochs
                found.append(self._work(hyperparameters, now, more, each, epochs / steps))
        return min(found) if found else None

    def _before(self, now: Waypoint) -> Waypoint | None:
        """From where the pace is taken: the later half, so that it follows a change."""
        first = self._waypoints[0]
        half = (first.seconds + now.seconds) / 2
        later = [waypoint for waypoint in self._waypoints if waypoint.seconds <= half]
        for waypoint in (*later[-1:], first):
            span = now.seconds - waypoint.seconds - (now.validating - waypoint.validating)
            if now.step > waypoint.step and span > LEAST_SPAN:
                return waypoint
        return None

    def _work(
        self, settings: Mapping[str, Any], now: Waypoint, more: float, each: float, epochs: float
    ) -> float:
        """Seconds for `more` steps of `each` seconds, and for the validations among them."""
        since = self._validated or now
        every = float(settings.get("validate_every") or 0)
        if every:
            begin, end = since.step / every, (now.step + more) / every
        else:
            begin, end = since.epoch, now.epoch + more * epochs
        count = math.floor(end + NEAR) - math.floor(begin + NEAR)
        if end - math.floor(end + NEAR) > NEAR:
            count += 1  # the run ends with one
        if self._costs:
            cost = sum(self._costs) / len(self._costs)
        else:
            fraction = float(settings.get("validation_fraction") or 0.0)
            epoch = each / epochs if epochs > 0 else 0.0
            cost = FORWARD_ONLY * epoch * fraction / (1 - fraction)
        return more * each + count * cost

"""How a run stands, folded from its events; grows with them."""

import time
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, ClassVar

from engine.events import (
    AnyEvent,
    HyperparametersChanged,
    Rollback,
    Sample,
    State,
    Step,
    Validation,
    Warned,
)
from gru_tui.runs import death
from gru_tui.runs.follower import Follower, Skipped
from gru_tui.runs.run import Run
from gru_tui.runs.states import FINAL

INTERRUPTED = "interrupted"
QUIET = 5.0  # seconds without a sign of life from a living trainer that are worth telling
LATE_WITNESSES = 3.0  # seconds in which it may become known why a trainer is gone


@dataclass
class Figures:
    """What the events have said so far. Losses in nats per character; None: not known yet."""

    state: str = ""
    reason: str = ""
    step: int = 0
    epoch: float = 0.0
    seconds: float = 0.0
    loss: float | None = None
    characters_per_second: float | None = None
    memory: int = 0
    bests: list[Validation] = field(default_factory=list)  # each the best so far
    changed: dict[str, Any] = field(default_factory=dict)  # hyperparameters since the start
    sample: str = ""
    skipped: Skipped = field(default_factory=Skipped)

    def take(self, event: AnyEvent) -> None:
        """Fold one more event in."""
        match event:
            case Step():
                self._stand_at(event)
                self.loss = event.loss
                self.characters_per_second = event.characters_per_second
                self.memory = event.memory or self.memory
            case Validation():
                if event.best:
                    self.bests.append(event)
            case HyperparametersChanged():
                self.changed |= {name: new for name, (_, new) in event.changed.items()}
            case Rollback():
                self._go_back_to(event)
                self.changed["learning_rate"] = event.learning_rate
            case Sample():
                self.sample = event.text
            case Warned():
                self.skipped.take(event)
            case State():
                self.state, self.reason = event.state, event.reason
                if event.state == "running":
                    self._go_back_to(event)
                elif event.state not in {"starting", "failed"} or event.step:
                    self._stand_at(event)
            case _:
                pass

    @property
    def best_validation_loss(self) -> float | None:
        """The lowest validation loss so far; None before the first validation."""
        return self.bests[-1].loss if self.bests else None

    @property
    def best_epoch(self) -> float | None:
        """The epoch at which that was measured."""
        return self.bests[-1].epoch if self.bests else None

    def _go_back_to(self, event: Rollback | State) -> None:
        """Training goes on from here: what was measured later belongs to a model that is lost."""
        self._stand_at(event)
        while self.bests and self.bests[-1].step > event.step:
            self.bests.pop()

    def _stand_at(self, event: Step | Rollback | State) -> None:
        self.step, self.epoch, self.seconds = event.step, event.epoch, event.seconds


@dataclass
class CoarseCurve:
    """Training losses thinned to a few: when they grow too many, every other one goes."""

    MOST: ClassVar[int] = 256

    steps: list[int] = field(default_factory=list)
    losses: list[float | None] = field(default_factory=list)
    every: int = 1
    left: int = 1  # steps until the next one is taken

    def take(self, event: AnyEvent) -> None:
        """Fold one more event in."""
        if isinstance(event, Step):
            self.take_steps([event])
        elif isinstance(event, Rollback) or (isinstance(event, State) and event.state == "running"):
            kept = bisect_right(self.steps, event.step)
            del self.steps[kept:], self.losses[kept:]

    def take_steps(self, events: list[Step]) -> None:
        """Fold steps in; as `take` for each, but in no time for those that are left out."""
        place = self.left - 1
        while place < len(events):
            self.steps.append(events[place].step)
            self.losses.append(events[place].loss)
            if len(self.losses) > self.MOST:
                del self.steps[1::2], self.losses[1::2]
                self.every *= 2
            place += self.every
        self.left = place + 1 - len(events)


@dataclass
class Remembered:
    """A summary of the first `number` lines, which end at byte `offset`."""

    offset: int
    number: int
    figures: Figures
    curve: CoarseCurve


class Summary:
    """The figures of one run as they are now; `update` takes what has come since."""

    def __init__(
        self,
        run: Run,
        also: Callable[[list[AnyEvent]], object] | None = None,
        remembered: Remembered | None = None,
    ) -> None:
        """`also` is shown every event, in order, many at once; none of those `remembered`."""
        self.run = run
        self._also = also
        self.figures = remembered.figures if remembered else Figures()
        self.alive = False
        self._silence = 0.0
        self._death, self._noticed = "", -1.0  # why it is gone, and when that was first seen
        self._curve = remembered.curve if remembered else CoarseCurve()
        self._follower = Follower(run.events)
        if remembered:
            self._follower.go_to(remembered.offset, remembered.number)
        self.update()

    def update(self) -> bool:
        """Read on; whether anything has changed."""
        # Whether it lives is asked first: its last event is then surely in the file.
        before, self.alive = self.alive, self.run.is_alive()
        changed = before != self.alive
        self._silence = self._since_last_sign() if self.alive else 0.0
        if self.alive:
            self._death, self._noticed = "", -1.0
        while events := self._follower.poll():
            changed = True
            self._take(events)
            if self._also is not None:
                self._also(events)
        return changed

    def _take(self, events: list[AnyEvent]) -> None:
        # Of steps in a row only the last one says how the run stands; a long run has a million.
        for kind, group in groupby(events, type):
            if kind is Step:
                steps = [event for event in group if isinstance(event, Step)]
                self.figures.take(steps[-1])
                self._curve.take_steps(steps)
            else:
                for event in group:
                    self.figures.take(event)
                    self._curve.take(event)

    def remembered(self) -> Remembered:
        """What a later summary can go on from."""
        offset, number = self._follower.place
        return Remembered(offset, number, self.figures, self._curve)

    @property
    def state(self) -> str:
        """What the events say, unless the trainer is gone without having said so."""
        said = self.figures.state
        if self.alive:
            return said or "starting"
        return said if said in FINAL else INTERRUPTED

    @property
    def reason(self) -> str:
        """Why it is in that state, if there is something to say."""
        if self.state == INTERRUPTED:
            return self._why_it_is_gone()
        seconds = self.silent_seconds
        return f"no news for {seconds} s" if seconds else self.figures.reason

    @property
    def silent_seconds(self) -> int:
        """Since a living trainer's last sign of life, if that is long ago; else 0.

        A trainer that is stopped, starved, or in a very long step is silent, not dead.
        """
        return int(self._silence) if self._silence >= QUIET else 0

    def _since_last_sign(self) -> float:
        try:
            return max(0.0, time.time() - self.run.events.stat().st_mtime)
        except OSError:  # no event yet
            return 0.0

    def _why_it_is_gone(self) -> str:
        now = time.monotonic()
        if self._noticed < 0:
            self._noticed = now
        if not self._death or now - self._noticed < LATE_WITNESSES:
            self._death = death.reason(self.run.path)
        return self._death

    @property
    def curve(self) -> list[float | None]:
        """Some of the training losses so far, in order."""
        return self._curve.losses

    @property
    def step(self) -> int:
        """Optimiser steps so far."""
        return self.figures.step

    @property
    def epoch(self) -> float:
        """Passes over the text so far."""
        return self.figures.epoch

    @property
    def best_validation_loss(self) -> float | None:
        """The lowest validation loss so far, in nats per character."""
        return self.figures.best_validation_loss

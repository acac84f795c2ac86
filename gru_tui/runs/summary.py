"""How a run stands, folded from its events; grows with them."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from engine.events import (
    AnyEvent,
    HyperparametersChanged,
    Rollback,
    Sample,
    State,
    Step,
    Validation,
)
from gru_tui.runs.follower import Follower
from gru_tui.runs.run import Run

FINAL = frozenset({"stopped", "finished", "failed"})
INTERRUPTED = "interrupted"


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


class CoarseCurve:
    """Training losses thinned to a few: when they grow too many, every other one goes."""

    MOST = 256

    def __init__(self) -> None:
        self._steps: list[int] = []
        self.losses: list[float | None] = []
        self._every = self._left = 1

    def take(self, event: AnyEvent) -> None:
        """Fold one more event in."""
        if isinstance(event, Step):
            self._add(event)
        elif isinstance(event, Rollback) or (isinstance(event, State) and event.state == "running"):
            kept = bisect_right(self._steps, event.step)
            del self._steps[kept:], self.losses[kept:]

    def _add(self, event: Step) -> None:
        self._left -= 1
        if not self._left:
            self._left = self._every
            self._steps.append(event.step)
            self.losses.append(event.loss)
            if len(self.losses) > self.MOST:
                del self._steps[1::2], self.losses[1::2]
                self._every *= 2


class Summary:
    """The figures of one run as they are now; `update` takes what has come since."""

    def __init__(self, run: Run, also: Callable[[AnyEvent], None] | None = None) -> None:
        """`also` is shown every event, in order."""
        self.run = run
        self._also = also
        self.figures = Figures()
        self.alive = False
        self._curve = CoarseCurve()
        self._follower = Follower(run.events)
        self.update()

    def update(self) -> bool:
        """Read on; whether anything has changed."""
        # Whether it lives is asked first: its last event is then surely in the file.
        before, self.alive = self.alive, self.run.is_alive()
        changed = before != self.alive
        while events := self._follower.poll():
            changed = True
            for event in events:
                self.figures.take(event)
                if self._also is not None:
                    self._also(event)
                self._curve.take(event)
        return changed

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
        return "" if self.state == INTERRUPTED else self.figures.reason

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

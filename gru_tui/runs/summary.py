"""How a run stands, folded from its events; grows with them."""

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
MOST_POINTS = 256  # of the coarse loss curve


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
    best_validation_loss: float | None = None
    best_epoch: float | None = None
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
                    self.best_validation_loss, self.best_epoch = event.loss, event.epoch
            case HyperparametersChanged():
                self.changed |= {name: new for name, (_, new) in event.changed.items()}
            case Rollback():
                self._stand_at(event)
                self.changed["learning_rate"] = event.learning_rate
            case Sample():
                self.sample = event.text
            case State():
                self.state, self.reason = event.state, event.reason
                if event.state not in {"starting", "failed"} or event.step:
                    self._stand_at(event)
            case _:
                pass

    def _stand_at(self, event: Step | Rollback | State) -> None:
        self.step, self.epoch, self.seconds = event.step, event.epoch, event.seconds


class Summary:
    """The figures of one run as they are now; `update` takes what has come since."""

    def __init__(self, run: Run, also: Callable[[AnyEvent], None] | None = None) -> None:
        """`also` is shown every event, in order."""
        self.run = run
        self._also = also
        self.figures = Figures()
        self.alive = False
        self.curve: list[float | None] = []
        self._follower = Follower(run.events)
        self._every = self._count = 1
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
                if isinstance(event, Step):
                    self._add(event.loss)
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

    def _add(self, loss: float | None) -> None:
        """One more point of the curve, which halves itself when it grows long."""
        self._count -= 1
        if not self._count:
            self._count = self._every
            self.curve.append(loss)
            if len(self.curve) > MOST_POINTS:
                del self.curve[1::2]
                self._every *= 2

"""What of a run's events is worth calling a person for, and how a terminal calls.

All is opt-in: see the section [notify] of the configuration file.
"""

import math
from dataclasses import dataclass
from typing import Literal

from engine.events import Event, HyperparametersChanged, Rollback, RunStarted, State, Validation
from gru_tui.terminal.passing import passed
from gru_tui.visible import visible

Kind = Literal["finished", "failed", "diverged", "plateau"]
PLATEAU = 5  # validations without a better one, where the run has no patience of its own
LONGEST = 300  # characters of a message


@dataclass(frozen=True)
class Notice:
    """What has happened, in a sentence of one line without control characters."""

    kind: Kind
    message: str


class Notices:
    """Hears every event of a run and says which are worth a notice. Tells a plateau once."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._patience = 0
        self._worse = 0
        self._best: float | None = None

    def take(self, event: Event) -> Notice | None:
        """Fold one more event in; the notice that it is worth, if it is."""
        match event:
            case RunStarted():
                self._patience = int(event.hyperparameters.get("patience") or 0)
            case HyperparametersChanged() if "patience" in event.changed:
                self._patience = int(event.changed["patience"][1] or 0)
            case Validation():
                return self._measured(event)
            case Rollback():
                words = f"diverged: {event.reason}; it goes on with half the learning rate"
                return self._notice("diverged", words)
            case State(state="failed"):
                return self._notice("failed", f"failed: {event.reason}")
            case State(state="finished"):
                best = "" if self._best is None else f", best validation loss {self._best:.4f}"
                return self._notice("finished", f"has finished at step {event.step:,}{best}")
            case _:
                pass
        return None

    def stand_at(self, patience: int, worse: int, best: float) -> None:
        """How things stand where somebody begins to listen; `best` may be infinite."""
        self._patience, self._worse = patience, worse
        self._best = best if math.isfinite(best) else None

    def _measured(self, event: Validation) -> Notice | None:
        if event.best:
            self._worse, self._best = 0, event.loss
            return None
        self._worse += 1
        if self._worse != (self._patience or PLATEAU):
            return None
        best = "" if self._best is None else f" ({self._best:.4f})"
        words = f"has a plateau: {self._worse} validations, none better than the best{best}"
        return self._notice("plateau", words)

    def _notice(self, kind: Kind, words: str) -> Notice:
        return Notice(kind, cleaned(f"gru-tui: {self._name} {words}"))


def cleaned(text: str) -> str:
    """`text` in one line without anything that acts on a terminal, cut to what is read at once."""
    return visible(" ".join(text.split()))[:LONGEST]


def sequence(message: str, *, bell: bool, osc9: bool) -> str:
    """What a terminal is sent: OSC 9 with the message, and the bell; "" for neither."""
    words = passed(f"\x1b]9;{cleaned(message)}\x1b\\") if osc9 else ""
    return words + ("\a" if bell else "")

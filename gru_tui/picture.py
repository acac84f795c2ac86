"""How a run stands at a glance, and what happened in it: what a watcher tells a screen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from gru_tui.runs.states import ALIVE

Kind = Literal["sample", "remark", "warning"]
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Picture:
    """The figures of the status line. Losses in nats per character; None: not known yet."""

    run_id: str
    name: str
    corpus: str = ""
    corpus_source: str = ""
    model: str = ""  # as in "gru 3x192"
    state: str = "starting"
    reason: str = ""
    step: int = 0
    epoch: float = 0.0
    seconds: float = 0.0
    loss: float | None = None
    characters_per_second: float | None = None
    best_loss: float | None = None
    best_epoch: float | None = None
    seconds_left: float | None = None
    memory: int | None = None  # bytes that the trainer holds
    silent_seconds: int = 0  # since a living trainer's last sign of life, if that is long ago
    hyperparameters: Mapping[str, Any] = field(default_factory=lambda: NOTHING)

    @property
    def alive(self) -> bool:
        """Whether a trainer works on it, or waits."""
        return self.state in ALIVE

    @property
    def words(self) -> str:
        """Which run this is: name, corpus, model."""
        return "  ".join(part for part in (self.name, self.corpus, self.model) if part)


@dataclass(frozen=True)
class Note:
    """A line of the run's story: a sample, a remark or a warning."""

    kind: Kind
    head: str
    text: str = ""
    seed_text: str = ""


def seconds_left(
    hyperparameters: Mapping[str, Any], *, step: int, epoch: float, seconds: float
) -> float | None:
    """Until the first bound is reached, at the pace so far; None without a bound or a pace.

    `seconds` are those of training; the pace is the mean over the whole run.
    """
    if seconds <= 0:
        return None
    found: list[float] = []
    for name, done in (("epochs", epoch), ("steps", float(step)), ("max_seconds", seconds)):
        bound = float(hyperparameters.get(name) or 0)
        if bound > 0 and done > 0:
            found.append(max(0.0, (bound - done) / done * seconds))
    return min(found) if found else None

"""What the Runs screen knows of each run, read from the run's directory. Call it off the UI."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gru_tui.runs.store import Store

LIVE_STATES = frozenset({"starting", "running", "paused"})


@dataclass(frozen=True)
class RunRow:
    """One run. A damaged one has a `fault` and little else."""

    id: str
    name: str
    state: str
    corpus: str = ""
    model: str = ""
    epoch: float | None = None
    step: int | None = None
    best: float | None = None
    curve: tuple[float | None, ...] = ()
    created: float = 0.0
    reason: str = ""
    note: str = ""
    parent: str = ""
    changed: tuple[tuple[str, Any, Any], ...] = ()  # name, value, default
    sample: str = ""
    fault: str = ""
    hyperparameters: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def alive(self) -> bool:
        """Whether a process trains it."""
        return self.state in LIVE_STATES


class RunList:
    """Reads the rows, newest first; remembers what cannot have changed since the last look."""

    def rows(self, store: "Store") -> tuple[RunRow, ...]:
        """Every run in the data directory, damaged ones too."""
        raise NotImplementedError

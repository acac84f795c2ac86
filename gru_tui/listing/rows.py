"""What the Runs screen knows of each run, read from the run's directory. Call it off the UI."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.hyperparameters import Hyperparameters
from gru_tui.curves import digest
from gru_tui.runs.config import DamagedRunError
from gru_tui.runs.states import ALIVE
from gru_tui.runs.summary import Summary

if TYPE_CHECKING:
    from gru_tui.runs.run import Run
    from gru_tui.runs.store import Store

DAMAGED = "damaged"


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
    tags: tuple[str, ...] = ()
    pinned: bool = False
    parent: str = ""  # in words
    parent_id: str = ""
    parent_step: int = 0
    parent_epoch: float = 0.0
    changed: tuple[tuple[str, Any, Any], ...] = ()  # name, value, default
    sample: str = ""
    fault: str = ""
    hyperparameters: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def alive(self) -> bool:
        """Whether a process trains it."""
        return self.state in ALIVE


class RunList:
    """Reads the rows, newest first; remembers what it has read of each run's events."""

    def __init__(self) -> None:
        self._summaries: dict[str, Summary] = {}

    def rows(self, store: "Store") -> tuple[RunRow, ...]:
        """Every run in the data directory, damaged ones too."""
        runs = store.all()
        known = {run.id for run in runs}
        self._summaries = {key: kept for key, kept in self._summaries.items() if key in known}
        return tuple(self._row(run) for run in reversed(runs))

    def _row(self, run: "Run") -> RunRow:
        try:
            run.config  # noqa: B018 - read, or found to be damaged
        except DamagedRunError as error:
            return RunRow(run.id, run.name, DAMAGED, fault=str(error))
        summary = self._summaries.get(run.id)
        if summary is None:
            summary = self._summaries[run.id] = Summary(run, remembered=digest.remembered(run))
        else:
            summary.update()
        return row_of(summary, run)


def row_of(summary: Summary, run: "Run") -> RunRow:
    """What is known of a run that is not damaged; `run` knows its label as it is now."""
    config, label, figures = run.config, run.label, summary.figures
    hyperparameters = {**config.hyperparameters, **figures.changed}
    defaults = Hyperparameters().to_mapping()
    parent = config.parent
    return RunRow(
        id=run.id,
        name=label.name or run.id,
        state=summary.state,
        corpus=config.corpus.name,
        model=config.model,
        epoch=figures.epoch,
        step=figures.step,
        best=figures.best_validation_loss,
        curve=tuple(summary.curve),
        created=config.created,
        reason=summary.reason,
        note=label.note,
        tags=label.tags,
        pinned=label.pinned,
        parent=f"{parent.name} at step {parent.step:,}" if parent else "",
        parent_id=parent.run if parent else "",
        parent_step=parent.step if parent else 0,
        parent_epoch=parent.epoch if parent else 0.0,
        changed=tuple(
            (name, value, defaults[name])
            for name, value in hyperparameters.items()
            if value != defaults.get(name)
        ),
        sample=figures.sample,
        hyperparameters=hyperparameters,
    )

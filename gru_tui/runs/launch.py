"""Beginning, resuming and forking runs: a trainer of its own session for each."""

import os
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from corpora.errors import ReportedError, UsageError
from engine.errors import CheckpointError
from engine.hyperparameters import OF_THE_MODEL, Hyperparameters, field
from gru_tui import child
from gru_tui.runs import config, death, trainer_log
from gru_tui.runs.config import Parent
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store

PATIENCE = 60.0  # seconds for a new process to import and to take the lock, on a busy machine
LOOK = 0.01


def start(run: Run, *, started: float | None = None) -> None:
    """Begin to train; returns when the trainer lives. `started`: see engine.Trainer.

    Raises ReportedError when it does not come to life.
    """
    arguments = [] if started is None else ["--started", repr(started)]
    _spawn(run, arguments)


def resume(run: Run) -> None:
    """Go on from the last checkpoint; returns when the trainer lives. Raises ReportedError."""
    if run.is_alive():
        raise ReportedError(f"run {run.id} is being trained already")
    # For their errors: a trainer would record as the run's end that it failed.
    config.read(run.path)
    if run.state() == "finished":
        _check_can_be_taken_up(run)
    death.check_not_elsewhere(run.path, run.events)
    _spawn(run, [])


def _check_can_be_taken_up(run: Run) -> None:
    """Raise ReportedError where its text or its last checkpoint is damaged, another's, or gone."""
    from engine.saving import Snapshot, opened
    from gru_tui.runs import text

    run.check_own_checkpoints()
    corpus = text.load(run)
    newest = run.newest_checkpoint()
    if newest is None:
        raise ReportedError(
            f"run {run.id} is finished, and no checkpoint of it is left in {run.checkpoints}; "
            "begin a new run"
        )
    try:
        with opened(newest) as checkpoint:
            checkpoint.check_fits(replace(checkpoint.model, vocabulary=corpus.vocabulary))
            Snapshot.from_checkpoint(checkpoint)
    except CheckpointError as error:
        raise CheckpointError(f"{error}{run.without(newest)}") from error


def interrupted(store: Store) -> list[Run]:
    """The runs whose process is gone without anybody having asked for it, the oldest first."""
    from gru_tui.runs.summary import INTERRUPTED, Summary
    from gru_tui.runs.training import BY_A_SIGNAL

    def is_one(summary: Summary) -> bool:
        ended = summary.state == "stopped" and summary.reason.startswith(BY_A_SIGNAL)
        return ended or summary.state == INTERRUPTED

    return [run for run in store.list() if is_one(Summary(run))]


def fork(store: Store, parent: Run, checkpoint: Path, changes: Mapping[str, object]) -> Run:
    """Begin a new run with the parameters of a checkpoint of `parent`, and `changes` to its
    hyperparameters.

    Raises HyperparameterError, UsageError for a change that the parameters do not permit, and
    ReportedError.
    """
    from engine.checkpoint import read_header
    from gru_tui.runs import text

    header = read_header(checkpoint)
    before = header.settings()
    settings = Hyperparameters.from_mapping(changes, before)
    check_forkable(changes, before)
    corpus = text.load(parent)
    origin = Parent(run=parent.id, name=parent.name, step=header.step, epoch=header.epoch)
    run = store.create(corpus, settings, parent=origin, checkpoint=checkpoint)
    start(run)
    return run


def check_forkable(changes: Mapping[str, object], before: Hyperparameters) -> None:
    """Raise UsageError for a change to what the parameters were made for."""
    values = before.to_mapping()
    for name, value in changes.items():
        known = field(name)
        if known.name in OF_THE_MODEL and known.parse(value) != values[known.name]:
            raise UsageError(
                f"{known.name} belongs to the model itself; begin a new run to change it"
            )


def _spawn(run: Run, arguments: list[str]) -> None:
    argv = child.argv("gru_tui.runs.process", str(run.path), *arguments)
    path = run.path / trainer_log.FILE
    trainer_log.trim(path)
    try:
        with open(path, "ab", opener=_privately) as log:
            began = log.tell()
            process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=run.path,
                env=child.environment(),
                start_new_session=True,
            )
    except OSError as error:
        raise ReportedError(
            f"the trainer of run {run.id} cannot be started ({error.strerror})"
        ) from error
    # It outlives whoever started it; if it does not, somebody has to collect its exit status.
    threading.Thread(target=_see_it_end, args=(run, process), daemon=True).start()
    deadline = time.monotonic() + PATIENCE
    while not run.is_alive():
        if process.poll() is not None and not run.is_alive():
            if process.returncode == 0:
                return  # a very short run
            words = _words(run, began, process.returncode)
            raise ReportedError(f"the trainer of run {run.id} ended at once: {words}")
        if time.monotonic() > deadline:
            raise ReportedError(f"the trainer of run {run.id} does not come to life")
        time.sleep(LOOK)


def _privately(path: str, flags: int) -> int:
    """For its owner alone, and never through a link, which may lead anywhere."""
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)


def _see_it_end(run: Run, process: "subprocess.Popen[bytes]") -> None:
    death.record_end(run.path, process.pid, process.wait())


def _words(run: Run, began: int, status: int) -> str:
    """The last line that it left in its log, its signal, or the reason in its last event."""
    from gru_tui.runs.summary import Summary

    if not run.path.exists():
        return "something else has deleted or moved the run"
    path = run.path / trainer_log.FILE
    said = [line.strip() for line in trainer_log.tail(path, began).split("\n") if line.strip()]
    if said:
        return said[-1]
    return death.killed_by(-status) if status < 0 else Summary(run).reason or f"see {path}"

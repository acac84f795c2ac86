"""The trainer's process: `python -m gru_tui.runs.process RUN`. No terminal, no Textual."""

import argparse
import errno
import faulthandler
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from corpora.errors import ReportedError
from engine.errors import CheckpointError
from engine.events import CheckpointSaved, RunStarted, State, Warned
from engine.machine import Split
from engine.numbered import numbered_path
from engine.shards import sharding_is_safe
from engine.trainer import Trainer
from gru_tui.curves.digest import Keeper
from gru_tui.runs import death, lock, text, trainer_log
from gru_tui.runs.command import Command, Inbox
from gru_tui.runs.files import sweep
from gru_tui.runs.journal import Journal
from gru_tui.runs.notices import Notices
from gru_tui.runs.notifier import Notifier
from gru_tui.runs.past import Past
from gru_tui.runs.repetition import Repetition
from gru_tui.runs.run import PARENT, Run
from gru_tui.runs.training import BY_A_SIGNAL, RETRY, Training

if TYPE_CHECKING:
    from corpora import Corpus


def main() -> None:
    """Train the run that the command line names, until it ends; exit status 1 if it failed."""
    parser = argparse.ArgumentParser(prog="gru_tui.runs.process")
    parser.add_argument("run", type=Path)
    parser.add_argument("--started", type=float, help="time.monotonic of the time budget's start")
    arguments = parser.parse_args()
    run = Run(arguments.run)
    os.umask(0o077)
    faulthandler.enable()  # a crash leaves its name and its place in the log
    # Before anybody can see that it lives: what comes later is asked of this life.
    inbox = Inbox(run.path)
    backlog = inbox.take()
    try:
        with lock.take(run.path):
            death.record_birth(run.path)
            status = Life(run, inbox, backlog).lead(arguments.started)
    except ReportedError as error:
        sys.exit(str(error))
    sys.exit(status)


class Life:
    """One life of a run's trainer, from the first state event to the last."""

    def __init__(self, run: Run, inbox: Inbox, backlog: list[Command | str]) -> None:
        """`backlog`: what `inbox` held before this life. Raises ReportedError where events cannot
        be written.
        """
        self._run = run
        self._claim = lock.Claim(run.path)
        self._inbox, self._backlog = inbox, backlog
        self._journal = Journal(run.events)
        self._training: Training | None = None
        self._notices = Notices(run.name)
        self._notifier = Notifier(run.id, self._notices, self._journal.record)
        self._journal.listeners.append(self._notifier.hear)
        self._journal.listeners.append(trainer_log.keep_short(run.path / trainer_log.FILE))
        self._asked_to_end = ""

    def lead(self, started: float | None) -> int:
        """Train; record how it ended. The exit status."""
        for number in (signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, self._end_soon)
        try:
            final = self._train(started)
        except BaseException as error:
            final = self._failed(self._reason(error))
            self._close(final)
            if not isinstance(error, ReportedError):
                raise  # the log shows where
        else:
            self._close(final)
        return 1 if final.state == "failed" else 0

    def _train(self, started: float | None) -> State:
        run, journal = self._run, self._journal
        past = Past.of(run)
        settings = run.config
        if not past.began:
            self._introduce()
        journal.record(State(state="starting"))
        run.check_own_checkpoints()
        sweep(run.checkpoints)
        corpus = text.load(run)
        if not past.began:
            for note in corpus.notes:
                journal.record(Warned(message=note))
        processes = settings.processes if sharding_is_safe() else 1
        split = Split(processes, settings.blas_threads)
        with _trainer(run, corpus, split, started) as trainer:
            self._tell_of_lost(past, trainer)
            past.course.go_on_at(trainer.step)
            repetition = Repetition(run, trainer, past.course)
            journal.listeners.append(repetition.hear)
            position = trainer.position
            self._notices.stand_at(
                trainer.hyperparameters.patience,
                position.worse_validations,
                position.best_validation_loss,
            )
            self._training = training = Training(
                trainer, journal, self._inbox, self._claim, repetition
            )
            training.asked_to_end = self._asked_to_end
            training.keeper = Keeper(run)
            past.catch_up(self._backlog, training)
            training.begin()
            return training.perform()

    def _tell_of_lost(self, past: Past, trainer: Trainer) -> None:
        """A roll-back counts from the checkpoint behind it on: tell of one that nobody told of."""
        if past.course.lacks_checkpoint(trainer.step, trainer.hyperparameters.learning_rate):
            path = numbered_path(self._run.checkpoints, trainer.step).name
            saved = trainer.stamped(CheckpointSaved(path=path, kind="step"))
            past.course.take(saved)
            self._journal.record(saved)

    def _introduce(self) -> None:
        """The run's first line: the format and the whole configuration."""
        settings = self._run.config
        self._journal.record(
            RunStarted(
                run=self._run.id,
                name=self._run.name,
                corpus=settings.corpus.name,
                hyperparameters=settings.hyperparameters,
                processes=settings.processes,
                blas_threads=settings.blas_threads,
                parent=settings.parent.run if settings.parent else "",
            )
        )

    def _end_soon(self, number: int, _: FrameType | None) -> None:
        self._asked_to_end = BY_A_SIGNAL + signal.Signals(number).name
        if self._training is not None:
            self._training.asked_to_end = self._asked_to_end

    def _reason(self, error: BaseException) -> str:
        if isinstance(error, ReportedError):
            return str(error)
        out_of_memory = isinstance(error, OSError) and error.errno == errno.ENOMEM
        if isinstance(error, MemoryError) or out_of_memory:
            return "there was not enough memory; a smaller model or batch needs less"
        return f"{type(error).__name__}: {error} (see {self._run.path / trainer_log.FILE})"

    def _failed(self, reason: str) -> State:
        if self._training is None:
            return State(state="failed", reason=reason)
        return self._training.state("failed", reason)

    def _close(self, final: State) -> None:
        """Answer what nobody will do any more, and write the one final state.

        To nobody's record but its own: what another trainer writes by now is another life's.
        """
        if self._claim.is_anothers():
            self._notifier.close()
            return
        if self._training is not None:
            self._training.refuse_the_rest(f"the run is {final.state}")
        self._journal.record(final)
        if self._journal.stuck:
            self._journal.use_reserve()
        while self._journal.stuck and not self._asked_to_end and self._run.path.exists():
            time.sleep(RETRY)
            self._journal.retry()
        self._notifier.close()
        self._journal.close()


def _trainer(run: Run, corpus: "Corpus", split: Split, started: float | None) -> Trainer:
    """A trainer at the last checkpoint, at the parent's, or at the beginning.

    Raises ReportedError, also for a fork that lost its parent's checkpoint.
    """
    folder = run.checkpoints
    newest = run.newest_checkpoint()
    if newest is not None:
        try:
            return Trainer.resume(newest, corpus, processes=split, folder=folder)
        except CheckpointError as error:
            raise CheckpointError(f"{error}{run.without(newest)}") from error
    parent = folder / PARENT
    if parent.exists() or run.config.parent is not None:
        return Trainer.fork(parent, corpus, run.hyperparameters(), processes=split, folder=folder)
    return Trainer(corpus, run.hyperparameters(), processes=split, folder=folder, started=started)


if __name__ == "__main__":
    main()

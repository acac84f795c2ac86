"""The trainer's process: `python -m gru_tui.runs.process RUN`. No terminal, no Textual."""

import argparse
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from threadpoolctl import threadpool_limits

from corpora.errors import ReportedError
from engine.events import RunStarted, State, Warned
from engine.shards import sharding_is_safe
from engine.trainer import Trainer
from gru_tui.runs import lock, text
from gru_tui.runs.command import Command, Inbox
from gru_tui.runs.journal import Journal
from gru_tui.runs.past import Past
from gru_tui.runs.run import Run
from gru_tui.runs.training import RETRY, Training

if TYPE_CHECKING:
    from corpora import Corpus

PARENT = "parent.safetensors"  # the checkpoint that a fork begins with
LAST = "last.safetensors"


def main() -> None:
    """Train the run that the command line names, until it ends; exit status 1 if it failed."""
    parser = argparse.ArgumentParser(prog="gru_tui.runs.process")
    parser.add_argument("run", type=Path)
    parser.add_argument("--started", type=float, help="time.monotonic of the time budget's start")
    arguments = parser.parse_args()
    run = Run(arguments.run)
    os.umask(0o077)
    try:
        held = lock.take(run.path)
    except ReportedError as error:
        sys.exit(str(error))
    with held:
        sys.exit(Life(run).lead(arguments.started))


class Life:
    """One life of a run's trainer, from the first state event to the last."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._past = Past.of(run)
        self._inbox = Inbox(run.path)
        self._journal = Journal(run.events)
        self._training: Training | None = None
        self._asked_to_end = ""

    def lead(self, started: float | None) -> int:
        """Train; record how it ended. The exit status."""
        for number in (signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, self._end_soon)
        try:
            final = self._train(started)
        except ReportedError as error:
            final = self._failed(str(error))
        except MemoryError:
            final = self._failed("there was not enough memory; a smaller model needs less")
        except BaseException as error:
            reason = f"{type(error).__name__}: {error} (see {self._run.path / 'trainer.log'})"
            self._close(self._failed(reason))
            raise
        self._close(final)
        return 1 if final.state == "failed" else 0

    def _train(self, started: float | None) -> State:
        run, journal = self._run, self._journal
        settings = run.config
        if not self._past.began:
            self._introduce()
        journal.record(State(state="starting"))
        corpus = text.load(run)
        if not self._past.began:
            for note in corpus.notes:
                journal.record(Warned(message=note))
        processes = settings.processes if sharding_is_safe() else 1
        with (
            threadpool_limits(settings.blas_threads, user_api="blas"),
            _trainer(run, corpus, processes, started) as trainer,
        ):
            self._training = training = Training(trainer, journal, self._inbox)
            training.asked_to_end = self._asked_to_end
            self._past.catch_up(self._inbox, training)
            training.begin()
            return training.perform()

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
        self._asked_to_end = f"ended by {signal.Signals(number).name}"
        if self._training is not None:
            self._training.asked_to_end = self._asked_to_end

    def _failed(self, reason: str) -> State:
        if self._training is None:
            return State(state="failed", reason=reason)
        return self._training.state("failed", reason)

    def _close(self, final: State) -> None:
        """Answer what nobody will do any more, and write the one final state."""
        if self._training is not None:
            for command in self._inbox.take():
                if isinstance(command, Command):
                    self._training.answer(command, f"the run is {final.state}", ok=False)
        self._journal.record(final)
        while self._journal.stuck:
            time.sleep(RETRY)
            self._journal.retry()
        self._journal.close()


def _trainer(run: Run, corpus: "Corpus", processes: int, started: float | None) -> Trainer:
    """A trainer at the last checkpoint, at the parent's, or at the beginning.

    Raises ReportedError.
    """
    folder = run.checkpoints
    last, parent = folder / LAST, folder / PARENT
    if last.exists():
        return Trainer.resume(last, corpus, processes=processes, folder=folder)
    if parent.exists():
        return Trainer.fork(
            parent, corpus, run.hyperparameters(), processes=processes, folder=folder
        )
    return Trainer(
        corpus, run.hyperparameters(), processes=processes, folder=folder, started=started
    )


if __name__ == "__main__":
    main()

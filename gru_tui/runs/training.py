"""A run while it trains: the trainer's events are written down, and commands obeyed between them."""

import time
from dataclasses import dataclass, field

from engine.errors import CheckpointWriteError, HyperparameterError
from engine.events import Answer, HyperparametersChanged, Rollback, State, Warned
from engine.trainer import Trainer
from gru_tui.runs.command import Command, Inbox
from gru_tui.runs.journal import Journal

LOOK = 0.05  # seconds between two looks at the commands while paused
RETRY = 0.5  # seconds between two tries to write events to a full disk


@dataclass
class Training:
    """The loop of a trainer's process. `asked_to_end` is a reason, set by a signal."""

    trainer: Trainer
    journal: Journal
    inbox: Inbox
    asked_to_end: str = ""
    _paused: bool = False
    _unsaved: bool = False  # something changed that no checkpoint knows yet
    _ended: State | None = field(default=None, init=False)

    def perform(self) -> State:
        """Train to the end; returns the last state. Raises the trainer's ReportedErrors."""
        while self._ended is None:
            if self.journal.stuck:
                self._wait_for_room()
            elif self.trainer.busy:
                self._go_on()
            elif self.asked_to_end:
                self._end(self.asked_to_end)
            elif self._unsaved:
                self._save()
            else:
                self._obey()
                if self._ended is None and not self.trainer.busy:
                    self._go_on_or_wait()
        return self._ended

    def _go_on_or_wait(self) -> None:
        if self._paused:
            self.trainer.idle()
            self.journal.flush_steps()
            time.sleep(LOOK)
        else:
            self._go_on()

    def _go_on(self) -> None:
        """Let the trainer do the next thing."""
        try:
            event = next(self.trainer)
        except StopIteration:
            self._ended = self.state("finished")
        except CheckpointWriteError as error:
            self._could_not_save(error)
        else:
            self.journal.record(event)
            if isinstance(event, HyperparametersChanged) and event.changed:
                self._unsaved = True
            elif isinstance(event, Rollback):
                self.journal.restart(self.trainer.position.characters)

    def _save(self, command: str = "") -> str:
        """Write a checkpoint; "", or why that failed."""
        try:
            self.journal.record(self.trainer.save(command=command))
        except CheckpointWriteError as error:
            self._could_not_save(error)
            return str(error)
        self._unsaved = False
        return ""

    def _could_not_save(self, error: CheckpointWriteError) -> None:
        """Hold on to what is in memory until there is room."""
        self._paused, self._unsaved = True, False
        self.journal.record(self.state("paused", str(error)))

    def _wait_for_room(self) -> None:
        self.trainer.idle()
        time.sleep(RETRY)
        self.journal.retry()

    def begin(self) -> None:
        """Say that training goes on from here."""
        self.journal.restart(self.trainer.position.characters)
        self.journal.record(self.state("running"))

    def state(self, state: str, reason: str = "") -> State:
        """A state event that says where the trainer stands."""
        trainer = self.trainer
        return State(
            state=state,
            reason=reason,
            step=trainer.step,
            epoch=round(trainer.epoch, 6),
            seconds=round(trainer.seconds, 6),
            characters=trainer.position.characters,
        )

    # --- commands ---

    def _obey(self) -> None:
        for command in self.inbox.take():
            if isinstance(command, str):
                self.journal.record(Warned(message=command, step=self.trainer.step))
            elif self._ended is not None:
                self.answer(command, "the run has stopped", ok=False)
            else:
                self._perform(command)

    def answer(self, command: Command, message: str = "", *, ok: bool = True) -> None:
        """The one answer to that command."""
        trainer = self.trainer
        self.journal.record(
            Answer(
                command=command.id,
                ok=ok,
                message=message,
                by=command.by,
                step=trainer.step,
                epoch=round(trainer.epoch, 6),
                seconds=round(trainer.seconds, 6),
            )
        )

    def _perform(self, command: Command) -> None:
        match command.command:
            case "pause":
                self._pause(command)
            case "resume":
                self._resume(command)
            case "stop":
                self._stop(command)
            case "set":
                self.change(command)
            case "sample":
                self.journal.record(self.trainer.sample(command=command.id))
                self.answer(command)
            case "checkpoint":
                fault = self._save(command.id)
                self.answer(command, fault, ok=not fault)

    def _pause(self, command: Command) -> None:
        if not self._paused:
            self._paused = True
            self.journal.record(self.state("paused"))
        self.answer(command)

    def _resume(self, command: Command) -> None:
        if self._paused:
            self._paused = False
            self._unsaved = True  # what a full disk refused is tried again first
            self.journal.record(self.state("running"))
        self.answer(command)

    def _stop(self, command: Command) -> None:
        fault = self._end(f"asked by {command.by}" if command.by else "")
        self.answer(command, fault, ok=not fault)

    def change(self, command: Command, *, answered: bool = False) -> None:
        """Hand new hyperparameters to the trainer."""
        try:
            self.trainer.change(
                command.changes, when=command.when, by=command.by, command=command.id
            )
        except HyperparameterError as error:
            if not answered:
                self.answer(command, str(error), ok=False)
            return
        if not answered:
            self.answer(command)

    def _end(self, reason: str) -> str:
        """Save and stop; "", or why that was not possible."""
        self.asked_to_end = ""
        try:
            self.journal.record(self.trainer.save("last"))
        except CheckpointWriteError as error:
            self._could_not_save(error)
            return str(error)
        self._ended = self.state("stopped", reason)
        return ""

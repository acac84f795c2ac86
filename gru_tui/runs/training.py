"""A run while it trains: the trainer's events are written down, commands obeyed between them."""

import time
from collections import deque
from dataclasses import dataclass, field

from engine.errors import CheckpointWriteError, UsageError
from engine.events import (
    Answer,
    CheckpointSaved,
    HyperparametersChanged,
    Rollback,
    State,
    Warned,
)
from engine.footprint import check_change
from engine.hyperparameters import Hyperparameters, live_changes
from engine.trainer import Trainer
from gru_tui.curves.digest import Keeper
from gru_tui.runs.command import Command, Inbox
from gru_tui.runs.journal import Journal
from gru_tui.runs.lock import Claim
from gru_tui.runs.repetition import Repetition

LOOK = 0.05  # seconds between two looks at the commands while paused
REPEATING = "it repeats another run, change for change; fork it to try something else"
BY_A_SIGNAL = "ended by "  # how the reason of such an end begins
RETRY = 0.5  # seconds between two tries to write events to a full disk


@dataclass
class Training:
    """The loop of a trainer's process. `asked_to_end` is a reason, set by a signal."""

    trainer: Trainer
    journal: Journal
    inbox: Inbox
    claim: Claim
    repetition: Repetition | None = None
    asked_to_end: str = ""
    keeper: Keeper | None = None  # keeps the digest near the events, so that watchers open fast
    _asked: deque[Command | str] = field(default_factory=deque, init=False)
    _paused: bool = field(default=False, init=False)
    _unsaved: bool = field(default=False, init=False)  # no checkpoint knows of a change yet
    _refused: bool = field(default=False, init=False)  # the last checkpoint could not be written
    _why: str = field(default="", init=False)  # it is paused, if nobody has asked for that
    _waits: bool = field(default=False, init=False)  # until events can be written
    _ended: State | None = field(default=None, init=False)

    def perform(self) -> State:
        """Train to the end; returns the last state. Raises the trainer's ReportedErrors."""
        while self._ended is None:
            # First of all: nothing may be written to what another trainer may have by now.
            if fault := self.claim.fault():
                self._ended = self.state("failed", fault)
            elif self.journal.finds_another_file():
                self._tell_again()
            elif self.journal.stuck and not self.asked_to_end:
                self._wait_for_room()
            elif self.trainer.busy:
                self._go_on()
            elif self.asked_to_end:
                self._end_at_once(self.asked_to_end)
            elif self._unsaved:
                self._save()
            elif self._asked:
                self._obey(self._asked.popleft())
            elif asked := self.inbox.take():
                self._asked.extend(asked)  # obeyed from the next round on, if the run is ours then
            elif self._paused:
                self._wait()
            elif not self._repeats():
                self._go_on()
        return self._ended

    def _wait(self) -> None:
        self.trainer.idle()
        self.journal.beat()
        time.sleep(LOOK)

    def _go_on(self) -> None:
        """Let the trainer do the next thing."""
        try:
            event = next(self.trainer)
        except StopIteration:
            self._ended = self.state("finished")
        except CheckpointWriteError as error:
            if self._makes_the_folder_anew():
                self._unsaved = True
            else:
                self._could_not_save(error)
        else:
            if isinstance(event, Rollback):
                self._record_rollback(event)
                return
            self.journal.record(event)
            if isinstance(event, HyperparametersChanged) and event.changed:
                self._unsaved = True
            elif isinstance(event, CheckpointSaved):
                self._unsaved = self._refused = False
                if self.keeper is not None:
                    self.keeper.refresh()

    def _repeats(self) -> bool:
        """Do the next thing that the run which this one repeats did here, if there is one."""
        repetition = self.repetition
        if repetition is None or repetition.script is None:
            return False
        deed = repetition.take_due()
        if deed is not None and deed.kind == "set":
            self.trainer.change(deed.changes, by=f"replay of {repetition.script.name}")
        elif deed is not None and deed.kind == "validation":
            if validation := self.trainer.validate():
                self.journal.record(validation)
        elif deed is not None:
            self._save()
        elif repetition.at_end and not repetition.script.finished:
            self._end(f"it has repeated {repetition.script.name} as far as that went")
        else:
            return False
        return True

    def _record_rollback(self, event: Rollback) -> None:
        self.journal.record(event)
        self._unsaved = True  # the learning rate is another one
        self.journal.restart(self.trainer.position.characters)

    def _save(self, kind: str = "step", *, command: str = "") -> str:
        """Write a checkpoint; "", or why that failed. Raises DivergedError."""
        if rollback := self.trainer.check():
            self._record_rollback(rollback)
        try:
            event = self.trainer.save(kind, command=command)
        except CheckpointWriteError as error:
            if self._makes_the_folder_anew():
                return self._save(kind, command=command)
            self._could_not_save(error)
            return str(error)
        self.journal.record(event)
        self._unsaved = self._refused = False
        return ""

    def _makes_the_folder_anew(self) -> bool:
        """Whether the folder of checkpoints was missing, which somebody has removed."""
        try:
            self.trainer.folder.mkdir(mode=0o700)  # type: ignore[union-attr]
        except OSError:
            return False
        return True

    def _could_not_save(self, error: CheckpointWriteError) -> None:
        """Hold on to what is in memory until there is room."""
        self._paused, self._unsaved, self._refused = True, False, True
        self._why = str(error)
        self.journal.record(self.state("paused", self._why))

    def _wait_for_room(self) -> None:
        self.trainer.idle()
        if not self._waits:
            self._waits = True
            words = "nothing can be written (a full disk?); make room, and it goes on by itself"
            self.journal.record(self.state("paused", words))
            self.journal.use_reserve()
        self.journal.beat()
        time.sleep(RETRY)
        self.journal.retry()
        if not self.journal.stuck:
            words = "nothing could be written for a while (a full disk?), and the run has waited"
            self.journal.record(self.trainer.stamped(Warned(message=words)))
            self._waits = False
            self.journal.record(self.state("paused" if self._paused else "running", self._why))

    def _tell_again(self) -> None:
        """Those who read the file that is there now see at least that the run lives, and where."""
        words = "the file of the run's events was removed or replaced, and some may be missing here"
        self.journal.record(self.trainer.stamped(Warned(message=words)))
        self.journal.record(self.state("paused" if self._paused else "running", self._why))

    def begin(self) -> None:
        """Say that training goes on from here."""
        self.journal.restart(self.trainer.position.characters)
        self.journal.record(self.state("running"))

    def state(self, state: str, reason: str = "") -> State:
        """A state event that says where the trainer stands."""
        return self.trainer.stamped(State(state=state, reason=reason))

    # --- commands ---

    def _obey(self, command: Command | str) -> None:
        """One command at a time, so that the next one meets what this one has brought about."""
        if isinstance(command, str):
            self.journal.record(self.trainer.stamped(Warned(message=command)))
        else:
            self._perform(command)

    def refuse_the_rest(self, message: str) -> None:
        """Answer what nobody will do any more."""
        for command in (*self._asked, *self.inbox.take()):
            if isinstance(command, Command):
                self.answer(command, message, ok=False)

    def answer(self, command: Command, message: str = "", *, ok: bool = True) -> None:
        """The one answer to that command."""
        answer = Answer(command=command.id, ok=ok, message=message, by=command.by)
        self.journal.record(self.trainer.stamped(answer))

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
            case "withdraw":
                self._withdraw(command)
            case "sample":
                self.journal.record(self.trainer.sample(command=command.id))
                self.answer(command)
            case "checkpoint":
                fault = self._save(command=command.id)
                self.answer(command, fault, ok=not fault)

    def _pause(self, command: Command) -> None:
        if not self._paused:
            self._paused = True
            self.journal.record(self.state("paused"))
        self.answer(command)

    def _resume(self, command: Command) -> None:
        fault = self._save() if self._refused else ""
        if self._paused and not fault:
            self._paused, self._why = False, ""
            self.journal.record(self.state("running"))
        self.answer(command, fault, ok=not fault)

    def _stop(self, command: Command) -> None:
        fault = self._end(f"asked by {command.by}" if command.by else "")
        self.answer(command, fault, ok=not fault)

    def change(self, command: Command, *, answered: bool = False) -> None:
        """Hand new hyperparameters to the trainer."""
        if self.repetition is not None and self.repetition.active and not answered:
            self.answer(command, REPEATING, ok=False)
            return
        trainer = self.trainer
        try:
            new = Hyperparameters.from_mapping(
                live_changes(command.changes), trainer.hyperparameters
            )
            check_change(trainer.hyperparameters, new, trainer.corpus)
            trainer.change(command.changes, when=command.when, by=command.by, command=command.id)
        except UsageError as error:
            if answered:
                self._give_up(command, str(error))
            else:
                self.answer(command, str(error), ok=False)
            return
        if not answered:
            self.answer(command)

    def _give_up(self, command: Command, fault: str) -> None:
        """Take back the promise of a change, so that nobody waits for it or withdraws it."""
        asked = ", ".join(f"{name}={value}" for name, value in command.changes.items())
        words = f"{asked} was promised before the run was resumed and is given up: {fault}"
        self.journal.record(self.trainer.stamped(Warned(message=words)))
        nothing = HyperparametersChanged(changed={}, by=command.by, command=command.id)
        self.journal.record(self.trainer.stamped(nothing))

    def _withdraw(self, command: Command) -> None:
        event = self.trainer.withdraw(command.target)
        if event is None:
            message = "that change does not wait any more; once more takes it back"
            self.answer(command, message, ok=False)
            return
        self.journal.record(event)
        self.answer(command)

    def _end_at_once(self, reason: str) -> None:
        """Whoever sent a signal wants the process gone, also where nothing can be saved."""
        fault = self._end(reason)
        if fault:
            self._ended = self.state("stopped", f"{reason}; {fault}")

    def _end(self, reason: str) -> str:
        """Save and stop; "", or why that was not possible."""
        fault = self._save("last")
        if not fault:
            self._ended = self.state("stopped", reason)
        return fault

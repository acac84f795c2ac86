"""What earlier lives of a run's trainer left behind: what was answered, and what still waits."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.events import (
    Answer,
    AnyEvent,
    CheckpointSaved,
    HyperparametersChanged,
    RunStarted,
    State,
)
from gru_tui.runs.command import Command, still_meant
from gru_tui.runs.course import Course
from gru_tui.runs.follower import Follower
from gru_tui.runs.run import Run

if TYPE_CHECKING:  # it loads NumPy, for which a command does not wait
    from gru_tui.runs.training import Training

ALWAYS = -1  # before every step


@dataclass
class Past:
    """Read from the events; by a trainer before it writes the first new one.

    A change lasts from the next checkpoint on: one that was made and then lost, with a killed
    process or a damaged checkpoint, is made again.
    """

    began: bool = False
    course: Course = field(default_factory=Course)
    _answered: dict[str, bool] = field(default_factory=dict)  # command id -> done
    _made: set[str] = field(default_factory=set)  # in the last life
    _lasting: dict[str, int] = field(default_factory=dict)  # command id -> the checkpoint's step

    @classmethod
    def of(cls, run: Run) -> "Past":
        """The past of a run."""
        past = cls()
        for event in Follower(run.events).rest():
            past.take(event)
        return past

    def take(self, event: AnyEvent) -> None:
        """Fold one more event in."""
        self.course.take(event)
        match event:
            case RunStarted():
                self.began = True
            case Answer():
                self._answered[event.command] = event.ok
            case HyperparametersChanged() if not event.changed:  # withdrawn, or without effect
                self._lasting[event.command] = ALWAYS
            case HyperparametersChanged():
                self._made.add(event.command)
            case CheckpointSaved():
                self._lasting |= dict.fromkeys(self._made, event.step)
                self._made.clear()
            case State(state="starting"):  # no later checkpoint knows of what was lost before
                self._made.clear()
            case State(state="running"):
                self._go_on_at(event.step)
            case _:
                pass

    def catch_up(self, backlog: Iterable[Command | str], training: "Training") -> None:
        """Do what was asked for while nobody listened, and what was promised and is not done.

        That is changes only: to pause or to stop is out of date.
        """
        self._go_on_at(training.trainer.step)
        for command in self._still_meant(backlog):
            self._consider(command, training)

    def waiting(self, asked: Iterable[Command | str]) -> list[Command]:
        """Of all that was asked the changes that wait for an epoch, in order; none that is void."""
        return [
            command
            for command in self._still_meant(asked)
            if command.command == "set" and command.when == "epoch" and command.changes
            if self._answered.get(command.id, True) and not self._is_made(command)
        ]

    def _still_meant(self, asked: Iterable[Command | str]) -> list[Command]:
        commands = [command for command in asked if isinstance(command, Command)]
        promised = {identity for identity, done in self._answered.items() if done}
        return still_meant(commands, promised)

    def _is_made(self, command: Command) -> bool:
        return command.id in self._lasting or command.id in self._made

    def _go_on_at(self, step: int) -> None:
        """Later checkpoints do not count: they were damaged, or somebody has removed them."""
        self._lasting = {name: saved for name, saved in self._lasting.items() if saved <= step}

    def _consider(self, command: Command, training: "Training") -> None:
        answered = self._answered.get(command.id)
        if command.command == "set":
            if answered is None or (answered and command.id not in self._lasting):
                training.change(command, answered=answered is not None)
        elif answered is None:
            training.answer(command, "the run was not being trained; ask again", ok=False)

"""What earlier lives of a run's trainer left behind: what was answered, and what still waits."""

from dataclasses import dataclass, field

from engine.events import Answer, HyperparametersChanged, RunStarted
from gru_tui.runs.command import Command, Inbox
from gru_tui.runs.follower import Follower
from gru_tui.runs.run import Run
from gru_tui.runs.training import Training


@dataclass
class Past:
    """Read from the events before the first new one is written."""

    began: bool = False
    _answered: dict[str, bool] = field(default_factory=dict)  # command id -> done
    _applied: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, run: Run) -> "Past":
        """The past of a run."""
        past = cls()
        follower = Follower(run.events)
        while events := follower.poll():
            for event in events:
                match event:
                    case RunStarted():
                        past.began = True
                    case Answer():
                        past._answered[event.command] = event.ok
                    case HyperparametersChanged():
                        past._applied.add(event.command)
                    case _:
                        pass
        return past

    def catch_up(self, inbox: Inbox, training: Training) -> None:
        """Do what was asked for and has not been done: changes only, the rest is out of date."""
        for command in inbox.take():
            if isinstance(command, Command):
                self._consider(command, training)

    def _consider(self, command: Command, training: Training) -> None:
        answered = self._answered.get(command.id)
        if command.command == "set":
            if answered is None or (answered and command.id not in self._applied):
                training.change(command, answered=answered is not None)
        elif answered is None:
            training.answer(command, "the run was not being trained; ask again", ok=False)

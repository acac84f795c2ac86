"""A run that two viewers and a command line steer at once, and what ought to come of it."""

import contextlib
import os
import signal
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from engine.events import Answer, AnyEvent, HyperparametersChanged, RunStarted, State
from gru_tui.commands.group import program
from gru_tui.commands.session import Session
from gru_tui.context import Context
from gru_tui.curves.history import History
from gru_tui.runs import process, trainer_log
from gru_tui.runs.command import FILE, Command
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from gru_tui.runs.summary import Summary
from gru_tui.steering import Steering
from tests.runs.making import new_run, until

RATE, CLIP = 0.006, 5.0  # how a run begins
PLAN: dict[str, Any] = {
    "steps": 0,
    "epochs": 0,
    "learning_rate": RATE,
    "gradient_clip": CLIP,
    "checkpoint_every": 40,
    "sample_every": 10_000,
    "sample_length": 10,
}
Ask = Callable[["Viewer"], None]


class Viewer:
    """What the app has of a run, without its screens: it sees, and it asks under a name."""

    def __init__(self, store: Store, run: Run, name: str) -> None:
        self.name = name
        self.steering = Steering(Context(store.folder.parent, run.id))
        self.story: list[str] = []
        self._history = History()
        self.summary = Summary(run, also=self._hear)

    def _hear(self, events: list[AnyEvent]) -> None:
        self._history.take(*events)

    def look(self) -> "Viewer":
        """Take what has come."""
        self.summary.update()
        self.story += [f"{note.head} {note.text}" for note in self._history.take_notes()]
        return self

    def ask(self, run: Run, kind: str, **details: Any) -> None:
        """As from the keyboard of the app."""
        with named(self.name):
            self.steering.ask(run.id, kind, **details)


@contextlib.contextmanager
def named(name: str) -> Any:
    """Whoever asks in here has that user name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOGNAME", name)
        yield


def by_command_line(store: Store, name: str, *words: str) -> None:
    """As typed into a shell, in this process."""
    with named(name), contextlib.suppress(SystemExit):
        program.run(list(words), Session(time.monotonic(), store.folder.parent))


# --- trainers: real processes, forked, so that Python and NumPy need not be loaded each time ---


class Nursery:
    """Begins trainers in place of `launch`, kills them, and leaves none behind."""

    def __init__(self) -> None:
        self.trainers: dict[str, int] = {}

    def spawn(self, run: Run, _: list[str]) -> None:
        """As launch's: returns when the trainer lives."""
        sys.stdout.flush()
        sys.stderr.flush()
        child = os.fork()
        if child == 0:
            _live(run)
        self.trainers[run.id] = child
        until(run.is_alive, f"a trainer of {run.id}")

    def kill(self, run: Run) -> None:
        """SIGKILL, in whatever it is doing."""
        child = self.trainers.pop(run.id)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)

    def gone(self, run: Run) -> None:
        """Its trainer ends by itself."""
        child = self.trainers.pop(run.id)
        until(
            lambda: os.waitpid(child, os.WNOHANG)[0] == child, "the end of a trainer", seconds=150
        )

    def close(self) -> None:
        """The end of a sequence."""
        for child in self.trainers.values():
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        self.trainers.clear()


def _live(run: Run) -> None:
    status = 1
    try:
        warnings.simplefilter("default")  # a trainer is not as strict as the tests
        np.seterr(all="warn")
        os.setsid()
        log = os.open(run.path / trainer_log.FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for ours, theirs in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(ours, theirs)
        sys.argv = ["process", str(run.path)]
        process.main()
    except SystemExit as end:
        status = int(end.code or 0) if not isinstance(end.code, str) else 1
    finally:
        os._exit(status)


# --- what ought to be so ---


@dataclass
class Steered:
    """One run and what the log says of it, held against what was asked for."""

    store: Store
    nursery: Nursery
    run: Run
    viewers: list[Viewer] = field(default_factory=list)

    @classmethod
    def new(cls, folder: Path, nursery: Nursery) -> "Steered":
        """It trains, and two viewers look on."""
        store = Store(folder)
        run = new_run(store, **PLAN)
        nursery.spawn(run, [])
        found = cls(store, nursery, run, [Viewer(store, run, name) for name in ("ada", "bob")])
        until(lambda: found.viewers[0].look().summary.step > 0, "the first step")
        return found

    @property
    def asked(self) -> list[Command]:
        """Every command in the order of the file."""
        path = self.run.path / FILE
        lines = path.read_bytes().splitlines() if path.exists() else []
        return [msgspec.json.decode(line, type=Command) for line in lines]

    @property
    def log(self) -> list[AnyEvent]:
        """Every event."""
        from tests.runs.making import events

        return events(self.run)

    @property
    def states(self) -> int:
        """How often it has begun to train, or gone on."""
        return sum(isinstance(event, State) and event.state == "running" for event in self.log)

    def settle(self) -> None:
        """Wait until all is answered, or nobody is there who could answer."""

        def settled() -> bool:
            alive = self.run.is_alive()
            told = {event.command for event in self.log if isinstance(event, Answer)}
            return not alive or {command.id for command in self.asked} <= told

        until(settled, "every command answered", seconds=60)

    def check(self, state: str) -> None:
        """The log, the model of it, and both viewers agree."""
        log, asked = self.log, self.asked
        answers = [event for event in log if isinstance(event, Answer)]
        order = [answer.command for answer in answers]
        assert len(set(order)) == len(order), "a command was answered twice"
        place = {command.id: at for at, command in enumerate(asked)}
        assert order == sorted(order, key=place.__getitem__), "answers out of order"
        done = {answer.command for answer in answers if answer.ok}
        by = {command.id: command.by for command in asked}
        assert all(answer.by == by[answer.command] for answer in answers)
        if state != "interrupted":  # what was answered and not made is made in the next life
            self._check_rate(asked, done)
        self._check_makers(self.log, done, by)
        first, second = self.viewers
        until(lambda: first.look().story == second.look().story, "the same story")
        for viewer in self.viewers:
            seen = viewer.look().summary
            assert seen.state == state, f"{seen.state}, {seen.reason}, not {state}: {log[-5:]}"

    def _check_rate(self, asked: list[Command], done: set[str]) -> None:
        """The last change that was answered with yes is the one in force, a moment later."""
        rate = RATE
        for command in asked:
            if command.id in done and "learning_rate" in command.changes:
                rate = float(command.changes["learning_rate"])
        for viewer in self.viewers:

            def in_force(viewer: Viewer = viewer, rate: float = rate) -> bool:
                changed = viewer.look().summary.figures.changed
                return bool(changed.get("learning_rate", RATE) == rate)

            until(in_force, f"the learning rate {rate}")

    def _check_makers(self, log: list[AnyEvent], done: set[str], by: dict[str, str]) -> None:
        """Every change has been asked for, and whoever looks on is told by whom."""
        story = self.viewers[0].look().story
        for event in log:
            if isinstance(event, HyperparametersChanged):
                assert event.command in done
                assert event.by == by[event.command]
                if event.changed:
                    assert any(f"(by {event.by})" in line for line in story)
        assert sum(isinstance(event, RunStarted) for event in log) == 1

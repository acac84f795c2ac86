"""A trainer's whole life in this process, watched line by line, and killed where a test wants."""

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

from engine.events import Event, State
from gru_tui.runs import process
from gru_tui.runs.command import Inbox
from gru_tui.runs.journal import Journal
from gru_tui.runs.process import Life
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from tests.runs.making import digest, last, new_run

Hearing = Callable[[Event], None]


class Killed(BaseException):
    """Raised by who listens: nothing more is written, as after kill -9."""


class ListenedJournal(Journal):
    """Shows every event to `hear` right after it was recorded."""

    def __init__(self, path: Path, hear: Hearing) -> None:
        super().__init__(path)
        self._hear = hear
        self._is_dead = False

    def record(self, event: Event) -> None:
        if self._is_dead:
            return
        super().record(event)
        try:
            self._hear(event)
        except Killed:
            self._is_dead = True
            raise

    def close(self) -> None:
        if not self._is_dead:
            super().close()


def live(run: Run, hear: Hearing = lambda event: None) -> int | None:
    """Train as the process would; the exit status, None if it was killed."""
    numbers = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in numbers]
    inbox = Inbox(run.path)
    backlog = inbox.take()
    try:
        with mock.patch.object(process, "Journal", lambda path: ListenedJournal(path, hear)):
            return Life(run, inbox, backlog).lead(None)
    except Killed:
        return None
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def learnt_in_peace(folder: Path, **plan: Any) -> str:
    """The digest of what a run of that plan, in a data directory of its own, ends with."""
    run = new_run(Store(folder), **plan)
    assert live(run) == 0
    return digest(last(run))


def killed_at(wanted: Callable[[Event], bool]) -> Hearing:
    """Kills the life at the first event that is wanted."""

    def hear(event: Event) -> None:
        if wanted(event):
            raise Killed

    return hear


def at_step(number: int, act: Callable[[], object]) -> Hearing:
    """Acts once, after that step."""
    done: list[int] = []

    def hear(event: Event) -> None:
        if event.step == number and not done:
            done.append(number)
            act()

    return hear


def both(*hearings: Hearing) -> Hearing:
    """Tells each of them."""

    def hear(event: Event) -> None:
        for hearing in hearings:
            hearing(event)

    return hear


def on_pause(act: Callable[[], object]) -> Hearing:
    """Acts whenever the run comes to a pause."""

    def hear(event: Event) -> None:
        if isinstance(event, State) and event.state == "paused":
            act()

    return hear

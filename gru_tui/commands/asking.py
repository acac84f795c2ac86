"""Asking a run for something, and waiting until it has answered."""

import contextlib
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import click

from corpora.errors import ReportedError
from engine.events import Answer, AnyEvent
from gru_tui.runs.command import send
from gru_tui.runs.follower import Follower
from gru_tui.runs.summary import Summary

if TYPE_CHECKING:
    from gru_tui.runs.run import Run

PATIENCE = 30.0  # seconds: a step of a large model, or its validation, may stand before the answer
PAUSE = 0.05


class Question:
    """A command to a run, and what the run says about it."""

    def __init__(self, run: "Run", kind: str, **details: Any) -> None:
        """Ask. Raises ReportedError when nobody is there to answer."""
        require_alive(run, kind)
        self._run = run
        self._follower = Follower.at_end(run.events)
        self._unread: deque[AnyEvent] = deque()
        self.kind = kind
        self.identity = send(run, kind, **details)

    def answer(self) -> Answer:
        """The run's answer. Raises ReportedError when it refuses, dies or keeps silent."""
        answer = self.wait_for(lambda event: isinstance(event, Answer) and self.is_mine(event))
        assert isinstance(answer, Answer)
        if not answer.ok:
            raise ReportedError(f"run {self._run.id} could not {self.kind}: {answer.message}")
        return answer

    def wait_for(self, wanted: Callable[[AnyEvent], bool]) -> AnyEvent:
        """The first event from now on that is `wanted`. Raises ReportedError."""
        with told_when_left(self._words_when_left()):
            return self._first(wanted)

    def _first(self, wanted: Callable[[AnyEvent], bool]) -> AnyEvent:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            alive = self._run.is_alive()
            self._unread.extend(self._follower.poll())
            quiet = not self._unread
            while self._unread:
                event = self._unread.popleft()
                if wanted(event):
                    return event
            if quiet and not alive:
                raise ReportedError(
                    f"run {self._run.id} ended before it answered; gru-tui runs shows its state"
                )
            time.sleep(PAUSE)
        found = Summary(self._run)
        why = "it may be in a long step, and does what was asked after it"
        if found.state == "paused" and found.figures.reason:
            why = f"it is paused: {found.figures.reason}"
        raise ReportedError(
            f"run {self._run.id} has not answered for {PATIENCE:.0f} seconds; {why}"
        )

    def until_gone(self) -> int:
        """Wait until the run's process has ended; the step it ended at. Raises ReportedError."""
        deadline = time.monotonic() + PATIENCE
        with told_when_left(self._words_when_left()):
            while self._run.is_alive():
                if time.monotonic() > deadline:
                    raise ReportedError(
                        f"run {self._run.id} has not ended for {PATIENCE:.0f} seconds"
                    )
                time.sleep(PAUSE)
        return Summary(self._run).step

    def _words_when_left(self) -> str:
        """Who does not wait for the answer learns that the question stands."""
        return (
            f"left before run {self._run.id} was ready; it does what was asked ({self.kind}) "
            "all the same"
        )

    def is_mine(self, event: AnyEvent) -> bool:
        """Whether that event came of this question."""
        return getattr(event, "command", "") == self.identity


@contextlib.contextmanager
def told_when_left(words: str) -> Iterator[None]:
    """Who ends the waiting in here with Ctrl+C reads on standard error what becomes of the run."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo(f"gru-tui: {words}", err=True)
        raise


def require_alive(run: "Run", kind: str) -> None:
    """Raises ReportedError when no process trains `run`."""
    if not run.is_alive():
        state = run.state()
        way = f"gru-tui resume {run.id} goes on with it"
        if state == "finished":  # a resume would have nothing to train
            way = f"gru-tui fork {run.id} begins a new run from it"
        raise ReportedError(f"run {run.id} is {state}, there is nothing to {kind}; {way}")

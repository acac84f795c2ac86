"""Following a run that was begun from the command line, until it ends or is left alone."""

import contextlib
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import TYPE_CHECKING

from corpora.errors import ReportedError
from engine.events import Answer, AnyEvent, State, encode
from gru_tui.commands import stdout
from gru_tui.commands.progress import Progress
from gru_tui.runs import trainer_log
from gru_tui.runs.command import send
from gru_tui.runs.follower import Follower
from gru_tui.runs.notices import Notices, sequence
from gru_tui.runs.states import FINAL

if TYPE_CHECKING:
    from gru_tui.runs.run import Run

PAUSE = 0.1  # seconds between two looks at the events


class Interrupts:
    """Counts Ctrl+C and SIGTERM in place of being ended by them."""

    def __init__(self) -> None:
        self.count = 0
        self.last = 0

    @contextlib.contextmanager
    def counted(self) -> Iterator[None]:
        """While in here, the signals only count."""
        numbers = (signal.SIGINT, signal.SIGTERM)
        before = [signal.signal(number, self._take) for number in numbers]
        try:
            yield
        finally:
            for number, handler in zip(numbers, before, strict=True):
                signal.signal(number, handler)

    def _take(self, number: int, _: FrameType | None) -> None:
        self.count += 1
        self.last = number


def begun(start: Callable[[], "Run"], *, as_json: bool, detach: bool) -> int:
    """Begin a run and watch it to its end, or print its id; the exit status.

    `start` begins a trainer, which Ctrl+C has to reach from its first moment on.
    """
    interrupts = Interrupts()
    with interrupts.counted():
        run = start()
        if detach and not interrupts.count:
            stdout.line(run.id)
            return 0
        return Watch(run, as_json=as_json, interrupts=interrupts).until_end()


class Watch:
    """One run, seen through its events: a line on stderr, and on stdout JSON or the result."""

    def __init__(
        self,
        run: "Run",
        *,
        as_json: bool,
        interrupts: Interrupts | None = None,
    ) -> None:
        """`interrupts`: those that came while the run was begun."""
        self._run = run
        self._as_json = as_json
        self._follower = Follower(run.events)
        self._progress = Progress(run.hyperparameters())
        self._interrupts = interrupts or Interrupts()
        self._asked = ""  # the command that asks it to stop
        self._paused = False
        self._listens = False  # a stop that its trainer finds there at its birth is out of date
        self._final: State | None = None
        self._notices = Notices(run.name)

    def until_end(self) -> int:
        """Follow; the exit status.

        Raises ReportedError when the run failed or died, or could not stop when it was asked to.
        """
        with self._interrupts.counted():
            while self._final is None:
                alive = self._run.is_alive()
                if not self._look() and not alive:
                    break
                if self._asked and self._interrupts.count > 1:
                    return self._leave()
                if self._interrupts.count and self._listens and not self._asked:
                    self._ask_to_stop()
        self._progress.close()
        return self._closing_words()

    def _look(self) -> bool:
        """Take what has happened; whether there was anything."""
        events = self._follower.poll()
        if self._as_json and events:
            self._print(events)
        for event in events:
            self._take(event)
        if not events:
            time.sleep(PAUSE)
        return bool(events)

    def _print(self, events: Sequence[AnyEvent]) -> None:
        """Events as lines of JSON, at once. Raises OSError when nobody reads them."""
        try:
            # A long batch is written out before the flush, so either may find the pipe closed.
            for event in events:
                sys.stdout.write(stdout.shown(encode(event).decode()))
            sys.stdout.flush()
        except OSError:
            run = f"run {self._run.id} goes on by itself; gru-tui runs shows it"
            self._say(f"nobody reads the events any more; {run}")
            raise

    def _take(self, event: AnyEvent) -> None:
        self._listens = True
        self._progress.take(event)
        if notice := self._notices.take(event):
            self._call(notice.message)
        if isinstance(event, State):
            self._paused = event.state == "paused"
        if isinstance(event, Answer) and event.command == self._asked:
            self._check_it_stops(event)
        elif isinstance(event, State) and event.state in FINAL:
            self._final = event
        elif isinstance(event, State) and event.state == "paused" and event.reason:
            self._say(f"paused: {event.reason}")

    def _check_it_stops(self, answer: Answer) -> None:
        """Raise ReportedError where it cannot save, and waits for room, for as long as that takes.

        One that has ended meanwhile has nothing to stop either, and says next how it ended.
        """
        if not answer.ok and self._paused:
            raise ReportedError(f"run {self._run.id} could not stop: {answer.message}")

    def _call(self, message: str) -> None:
        """Bell and notification of the terminal, where the configuration asks for them."""
        if not sys.stderr.isatty():
            return
        from gru_tui.configuration import ConfigurationError, read

        try:
            wanted = read()
        except ConfigurationError as error:
            self._say(str(error))
            return
        if words := sequence(message, bell=wanted.bell, osc9=wanted.osc9):
            with contextlib.suppress(OSError):  # the terminal has gone
                sys.stderr.write(words)
                sys.stderr.flush()

    def _ask_to_stop(self) -> None:
        self._say("stopping after this step, with a checkpoint (Ctrl+C again: do not wait)")
        self._asked = send(self._run, "stop")

    def _leave(self) -> int:
        self._say(f"left while it stops; gru-tui runs shows when run {self._run.id} has")
        return 128 + self._interrupts.last

    def _say(self, message: str) -> None:
        self._progress.say(message)

    def _closing_words(self) -> int:
        from engine.loss import perplexity

        run, final = self._run, self._final
        if final is None:
            raise ReportedError(
                f"run {run.id} was interrupted: its process died, {run.path / trainer_log.FILE} "
                f"may say why; gru-tui resume {run.id} goes on from its last checkpoint"
            )
        if final.state == "failed":
            raise ReportedError(f"run {run.id} failed: {final.reason}")
        best = self._progress.best
        if best is None or best.loss is None:
            self._result("no validation loss (nothing was validated)")
        else:
            self._result(
                f"best validation loss {best.loss:.4f} nats per character "
                f"(perplexity {perplexity(best.loss):.4f}) at step {best.step:,}"
            )
        self._result(f"run {run.id} is {final.state} in {run.path}")
        if final.state == "stopped":
            self._result(f"gru-tui resume {run.id} goes on from here")
        return 128 + self._interrupts.last if self._interrupts.count else 0

    def _result(self, text: str) -> None:
        """A line of the result: on stdout, unless that belongs to the events."""
        if self._as_json:
            self._say(text)
        else:
            stdout.line(text)

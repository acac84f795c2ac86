"""Following one run in a thread: its events become a picture, curves and notes for the screen."""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from corpora.errors import ReportedError
from engine.events import Answer, AnyEvent, CheckpointSaved, Step
from gru_tui.context import Context
from gru_tui.curves.pace import Pace
from gru_tui.curves.thinning import View
from gru_tui.panes.messages import (
    CurvesDrawn,
    News,
    NotesArrived,
    Noticed,
    Refused,
    RunGone,
    RunSeen,
    Told,
)
from gru_tui.picture import Picture, seconds_left
from gru_tui.runs.notices import Notices
from gru_tui.runs.summary import Summary

if TYPE_CHECKING:
    from gru_tui.curves.digest import Keeper
    from gru_tui.curves.history import History
    from gru_tui.runs.run import Run

LOOK = 0.2  # seconds between two looks at the events
# Seconds between two drawings of the curves: a long run's hardly move. What a slow line cannot
# carry of them is left out where the screen is written (screens/sparing.py).
REDRAW, SLOWEST_REDRAW = 0.5, 4.0
# The same for two pictures of a run that only goes on. Each takes a moment from a trainer that
# has all cores, and stops all of its processes, since they wait for one another.
STATUS, SLOWEST_STATUS = 0.5, 1.0
OF_THE_RUN = 1 / 20


class _StoppedError(Exception):
    """Nobody wants to see any more what is just being read."""


class Watcher:
    """`follow` runs in a thread until `stop`; `want` may be called from any."""

    def __init__(self, context: Context, run_id: str, post: Callable[[News], object]) -> None:
        self._context = context
        self._run_id = run_id
        self._post = post
        self._view: View | None = None
        self._pace = Pace()
        self._stopped = False
        self._shown_at = time.monotonic()  # when a part of a long history was shown
        self._up_to_date = False  # what comes now is news, no longer history
        self._fault = ""  # why the last look failed
        self._wake = threading.Event()
        self._notices = Notices(run_id)

    def want(self, view: View | None) -> None:
        """Draw the curves so from now on; None: nobody sees them."""
        self._view = view
        self._wake.set()

    def stop(self) -> None:
        """Follow no more."""
        self._stopped = True
        self._wake.set()

    def follow(self) -> None:
        """Look again and again."""
        # These load NumPy, for which the first frame does not wait.
        from gru_tui.curves import digest
        from gru_tui.curves.history import History

        try:
            run = self._context.store.get(self._run_id)
            self._notices = Notices(run.name)
            parent = run.config.parent
            forked = f"fork of {parent.name} at step {parent.step:,}" if parent else ""
            history = History(run.config.corpus.entropy_rate, forked)
            known = digest.opened(run, history)
            summary = Summary(run, lambda events: self._hear(events, history), known)
            keeper = digest.Keeper(run, known.offset if known else 0)
            self._look_on(run, summary, history, keeper)
        except ReportedError as error:
            self._post(Told(str(error), "error"))
        except _StoppedError:
            return

    def _hear(self, events: list[AnyEvent], history: "History") -> None:
        if self._stopped:
            raise _StoppedError
        history.take(*events)
        if not self._up_to_date:
            self._show_so_far(history)
        self._pace.take(events)
        told = (self._notices.take(event) for event in events if not isinstance(event, Step))
        for notice in filter(None, told):
            if self._up_to_date:
                self._post(Noticed(notice.message))
        for event in events if self._up_to_date else ():
            if isinstance(event, CheckpointSaved) and event.command:
                self._post(Told(f"A checkpoint of step {event.step:,} is on the disk."))
            elif isinstance(event, Answer) and not event.ok:
                self._post(Refused(event.command, event.message))

    def _show_so_far(self, history: "History") -> None:
        """A long run without a digest takes its time to read: its curve grows meanwhile."""
        view, now = self._view, time.monotonic()
        if view is not None and now - self._shown_at > REDRAW:
            self._post(CurvesDrawn(self._run_id, history.curves(view)))
            self._shown_at = now

    def _look_on(self, run: "Run", summary: Summary, history: "History", keeper: "Keeper") -> None:
        picture: Picture | None = None
        drawn: View | None = None
        drawn_at, told_at, stale, first = 0.0, 0.0, True, True
        while not self._stopped:
            self._wake.clear()
            try:
                run.path.stat()
            except (FileNotFoundError, NotADirectoryError):
                self._post(RunGone(run.id))
                return
            except OSError as error:
                self._tell_once(f"{run.path} cannot be looked at ({error.strerror or error}).")
                self._wake.wait(LOOK)
                continue
            self._fault = ""
            stale = summary.update() or stale
            self._up_to_date = True
            seen = _picture(run, summary, self._pace)
            goes_on = picture is not None and picture.state == seen.state
            status = _interval(STATUS, seen.seconds, SLOWEST_STATUS)
            if seen != picture and not (goes_on and time.monotonic() - told_at < status):
                picture, told_at = seen, time.monotonic()
                self._post(RunSeen(seen))
            if (notes := history.take_notes()) or first:
                self._post(NotesArrived(run.id, notes, afresh=first))
                first = False
            view, now = self._view, time.monotonic()
            redraw = _interval(REDRAW, seen.seconds, SLOWEST_REDRAW)
            if view is not None and (view != drawn or (stale and now - drawn_at > redraw)):
                self._post(CurvesDrawn(run.id, history.curves(view)))
                drawn, drawn_at, stale = view, now, False
            keeper.consider(summary, history)
            self._wake.wait(LOOK)

    def _tell_once(self, fault: str) -> None:
        if fault != self._fault:
            self._fault = fault
            self._post(Told(fault, "error"))


def _interval(least: float, age: float, most: float) -> float:
    """Seconds; longer for a run that has trained long, within these bounds."""
    return min(max(least, OF_THE_RUN * age), most)


def _picture(run: "Run", summary: Summary, pace: Pace) -> Picture:
    config, figures = run.config, summary.figures
    hyperparameters = {**config.hyperparameters, **figures.changed}
    return Picture(
        run_id=run.id,
        name=run.name,
        corpus=config.corpus.name,
        corpus_source=config.corpus.source,
        model=config.model,
        state=summary.state,
        reason=summary.reason,
        step=figures.step,
        epoch=figures.epoch,
        seconds=figures.seconds,
        loss=figures.loss,
        characters_per_second=figures.characters_per_second,
        best_loss=figures.best_validation_loss,
        best_epoch=figures.best_epoch,
        seconds_left=_left(hyperparameters, summary, pace),
        memory=figures.memory or None,
        silent_seconds=summary.silent_seconds,
        hyperparameters=hyperparameters,
    )


def _left(hyperparameters: dict[str, Any], summary: Summary, pace: Pace) -> float | None:
    """Seconds until its end; what was read from a digest has no pace yet, only a mean."""
    if summary.state not in {"running", "paused"}:
        return None
    figures = summary.figures
    found = pace.left(hyperparameters)
    if found is not None:
        return found
    return seconds_left(
        hyperparameters, step=figures.step, epoch=figures.epoch, seconds=figures.seconds
    )

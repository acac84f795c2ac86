"""Following one run in a thread: its events become a picture, curves and notes for the screen."""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from corpora.errors import ReportedError
from engine.events import AnyEvent, CheckpointSaved
from gru_tui.context import Context
from gru_tui.history import History
from gru_tui.panes.messages import CurvesDrawn, News, NotesArrived, RunGone, RunSeen, Told
from gru_tui.picture import Picture, seconds_left
from gru_tui.runs.summary import Summary
from gru_tui.thinning import View

if TYPE_CHECKING:
    from gru_tui.runs.run import Run

LOOK = 0.2  # seconds between two looks at the events
REDRAW = 0.5  # seconds between two drawings of the curves


class Watcher:
    """`follow` runs in a thread until `stop`; `want` may be called from any."""

    def __init__(self, context: Context, run_id: str, post: Callable[[News], object]) -> None:
        self._context = context
        self._run_id = run_id
        self._post = post
        self._view: View | None = None
        self._stopped = False
        self._up_to_date = False  # what comes now is news, no longer history
        self._wake = threading.Event()

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
        try:
            run = self._context.store.find(self._run_id)
            history = History(run.config.corpus.entropy_rate)
            summary = Summary(run, also=lambda event: self._hear(event, history))
            self._look_on(run, summary, history)
        except ReportedError as error:
            self._post(Told(str(error), "error"))

    def _hear(self, event: AnyEvent, history: History) -> None:
        history.take(event)
        if self._up_to_date and isinstance(event, CheckpointSaved) and event.command:
            self._post(Told(f"A checkpoint of step {event.step:,} is on the disk."))

    def _look_on(self, run: "Run", summary: Summary, history: History) -> None:
        picture: Picture | None = None
        drawn: View | None = None
        drawn_at, stale, first = 0.0, True, True
        while not self._stopped:
            self._wake.clear()
            if not run.path.exists():
                self._post(RunGone(run.id))
                return
            stale = summary.update() or stale
            self._up_to_date = True
            if (seen := _picture(run, summary)) != picture:
                picture = seen
                self._post(RunSeen(seen))
            if (notes := history.take_notes()) or first:
                self._post(NotesArrived(run.id, notes, afresh=first))
                first = False
            view, now = self._view, time.monotonic()
            if view is not None and (view != drawn or (stale and now - drawn_at > REDRAW)):
                self._post(CurvesDrawn(run.id, history.curves(view)))
                drawn, drawn_at, stale = view, now, False
            self._wake.wait(LOOK)


def _picture(run: "Run", summary: Summary) -> Picture:
    config, figures = run.config, summary.figures
    hyperparameters = {**config.hyperparameters, **figures.changed}
    return Picture(
        run_id=run.id,
        name=run.name,
        corpus=config.corpus.name,
        corpus_source=config.corpus.source,
        model="{cell} {layers}x{hidden_size}".format(**config.architecture),
        state=summary.state,
        reason=summary.reason,
        step=figures.step,
        epoch=figures.epoch,
        seconds=figures.seconds,
        loss=figures.loss,
        characters_per_second=figures.characters_per_second,
        best_loss=figures.best_validation_loss,
        best_epoch=figures.best_epoch,
        seconds_left=seconds_left(
            hyperparameters, step=figures.step, epoch=figures.epoch, seconds=figures.seconds
        )
        if summary.state in {"running", "paused"}
        else None,
        memory=figures.memory or None,
        hyperparameters=hyperparameters,
    )

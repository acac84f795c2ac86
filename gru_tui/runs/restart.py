"""Taking up a run that has no trainer, and what comes of it."""

import time
from typing import TYPE_CHECKING

from corpora.errors import ReportedError
from engine.events import State, Step
from gru_tui.runs import launch, trainer_log
from gru_tui.runs.follower import Follower
from gru_tui.runs.states import FINAL

if TYPE_CHECKING:
    from gru_tui.runs.run import Run

PAUSE = 0.05  # seconds between two looks at the events
PATIENCE = 60.0  # seconds for a living trainer to read its past and to say that it starts


def restarted(run: "Run") -> State:
    """Start a run that has no process; its state once it trains, or is through.

    Raises ReportedError when it fails or dies, or lives and can write nothing.
    """
    # One that has nothing left to do says that it runs before it sees that; a step is the proof.
    doubtful = run.state() == "finished"
    follower = Follower.at_end(run.events)
    launch.resume(run)
    going: State | None = None
    heard, deadline = False, time.monotonic() + PATIENCE
    while True:
        alive = run.is_alive()
        events = follower.poll()
        heard = heard or bool(events)
        for event in events:
            if isinstance(event, State) and event.state == "failed":
                raise ReportedError(f"run {run.id} failed: {event.reason}")
            if isinstance(event, State) and event.state in FINAL:
                return event
            if isinstance(event, State) and event.state == "running":
                going = event
            if going is not None and (isinstance(event, Step) or not doubtful):
                return going
        if not events and not alive:
            raise ReportedError(
                f"run {run.id} ended before it trained; {run.path / trainer_log.FILE} may say why"
            )
        if not heard and time.monotonic() > deadline:
            raise ReportedError(
                f"run {run.id} lives, but has written nothing to {run.events} for "
                f"{PATIENCE:.0f} seconds; if the disk is full, make room, and it goes on by itself"
            )
        time.sleep(PAUSE)


def words(who: str, state: State) -> str:
    """What came of it, without a full stop; `who` is what the run is called there."""
    if state.state == "finished":
        return (
            f"{who} is finished at step {state.step:,}: nothing is left to train, but a fork can "
            "go on from there"
        )
    if state.state in FINAL:
        reason = f" ({state.reason})" if state.reason else ""
        return f"{who} is {state.state} again at step {state.step:,}{reason}"
    return f"{who} goes on from its last checkpoint, step {state.step:,}"

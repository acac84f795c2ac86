"""Runs that are killed at random moments and then finish: what all of it must end with."""

import functools
import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from gru_tui.runs import launch
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from gru_tui.runs.summary import Summary
from tests.runs.making import best, digest, kill, last, new_run, processes, until

Fields = dict[str, Any]
Whom = Literal["trainer", "worker", "group"]
End = tuple[str, str]  # the digests of the last checkpoint and of the best

CELLS = ("gru", "cifg", "lstm")
STEPS = 160  # two and a half epochs
# Everything whose state could be forgotten: masks, a schedule, epochs with offsets, two layers,
# the characters before a batch that n-grams need.
PLAN: Fields = {
    "layers": 2,
    "ngram_order": 3,
    "ngram_size": 8,
    "dropout": 0.2,
    "steps": STEPS,
    "epochs": 0,
    "checkpoint_every": 40,
    "validate_every": 20,
    # Written down at once, so that a test sees how far a run is; and they slow it down a little.
    "sample_every": 4,
    "sample_length": 100,
}
LONGEST_SLEEP = 0.05  # seconds: several steps, so that every moment within one has its chance


def finish(run: Run) -> End:
    """Let a run train to its end in steps; the digests of all that it has learnt."""
    launch.resume(run)
    until(lambda: not run.is_alive(), "the end of the run", seconds=120)
    summary = Summary(run)
    assert (summary.state, summary.step) == ("finished", STEPS), summary.reason
    return digest(last(run)), digest(best(run))


def reach(run: Run, step: int) -> None:
    """Return when a run has come to that step, or has ended."""
    summary = Summary(run)

    def is_there() -> bool:
        summary.update()
        return summary.step >= step or not summary.alive

    until(is_there, f"step {step}", seconds=120)


def undisturbed_in(folder: Path) -> Callable[[str, int, int], End]:
    """What a run of a cell with so many layers, in so many processes, ends with in peace."""
    store = Store(folder)

    @functools.cache
    def end(cell: str, layers: int, count: int) -> End:
        return finish(new_run(store, **{**PLAN, "layers": layers}, cell=cell, processes=count))

    return end


def killed(run: Run, whom: Whom, step: int, chance: random.Random) -> None:
    """Start or resume a run, kill -9 a part of it at about that step, and see it gone."""
    launch.resume(run)
    known: list[int] = []
    if step:
        if whom == "worker":
            until(lambda: len(processes(run)) > 1 or not run.is_alive(), "a worker")
        known = processes(run)  # beforehand: later every moment counts
        reach(run, step)
        time.sleep(chance.random() * LONGEST_SLEEP)
    known = known or processes(run)
    if whom == "trainer":
        kill(run, known)
    elif known:
        try:
            if whom == "worker":
                os.kill(known[-1], signal.SIGKILL)
            else:
                os.killpg(known[0], signal.SIGKILL)
        except ProcessLookupError:  # it had ended already
            pass
    until(lambda: not processes(run) and not run.is_alive(), "the end of every process")
    gone = "failed" if whom == "worker" and len(known) > 1 else "interrupted"
    assert run.state() in {gone, "finished"}

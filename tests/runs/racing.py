"""Many who want to train one run at once."""

import contextlib
from concurrent.futures import ThreadPoolExecutor

from corpora.errors import ReportedError
from engine.events import State
from gru_tui.runs import launch
from gru_tui.runs.command import send
from gru_tui.runs.store import Store
from tests.runs.making import events, kill, new_run, of, processes, until


def race(store: Store, starts: int) -> None:
    """Start one run so many times at once: exactly one trainer lives, and says so once."""
    run = new_run(store, epochs=0)
    try:
        with ThreadPoolExecutor(starts) as pool:
            waiting = [pool.submit(launch.resume, run) for _ in range(starts)]
        for start in waiting:
            with contextlib.suppress(ReportedError):  # those who came when it was alive already
                start.result()
        until(lambda: len(processes(run)) == 1, "one process alone", seconds=60)
        assert [event.state for event in of(State, events(run))].count("starting") == 1
        send(run, "stop")
        until(lambda: not run.is_alive(), "the end")
        assert [event.state for event in of(State, events(run))].count("stopped") == 1
    finally:
        kill(run)

"""Row 7: trainers killed, stopped and ended for want of memory, at random moments."""

import random
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from gru_tui.runs.store import Store
from tests.commands.program import Program
from tests.whole import aliveness

NUMBERS = (signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS)


@pytest.mark.rounds(short=1, long=100)
def test_every_death_is_flagged_in_time_and_no_silence_is_taken_for_one(
    tmp_path: Path, rounds: int, figure: Callable[[str], None]
) -> None:
    chance, latest, silent = random.Random(7), 0.0, 0
    for turn in range(rounds):
        seconds = aliveness.killed(
            Store(tmp_path / str(turn)),
            chance.choice(NUMBERS),
            orphan=chance.random() < 0.3,
            processes_=chance.choice((1, 2)),
            pause=chance.random(),
        )
        latest = max(latest, seconds)
        if turn % 10 == 5:
            store, silent = Store(tmp_path / f"silent-{turn}" / "home"), silent + 1
            aliveness.stopped_is_silent_not_dead(
                store, Program(store.folder.parent), state=chance.choice(("running", "paused"))
            )
            assert "out of memory" in aliveness.ended_for_want_of_memory(store)
    figure(
        f"row 7: {rounds} killed trainers of {rounds} flagged, the latest after {latest:.1f} s; "
        f"{silent} stopped ones told as silent, {silent} out-of-memory kills told apart"
    )

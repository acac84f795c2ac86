import errno
import gc
import os
import signal
import subprocess
import sys
import textwrap
import time
import weakref
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.errors import WorkerError
from engine.memory import shared_zeros
from engine.shards import Shard, Team


def test_slices_cover_everything_once() -> None:
    for size in (1, 5, 64, 97):
        for count in range(1, 7):
            parts = [Shard(rank, count).own(size) for rank in range(count)]
            assert [part.start for part in parts[1:]] == [part.stop for part in parts[:-1]]
            assert (parts[0].start, parts[-1].stop) == (0, size)


def test_no_shard_passes_the_barrier_before_all_have_arrived() -> None:
    rounds = 500
    marks = shared_zeros((3,), np.int64)
    behind = shared_zeros((3,), np.int64)

    def work(shard: Shard) -> Callable[[int], None]:
        def perform(task: int) -> None:
            for turn in range(1, rounds + 1):
                marks[shard.rank] = turn
                shard.wait()
                behind[shard.rank] += int((marks < turn).sum())
                shard.wait()

        return perform

    team = Team(3, work)
    try:
        team.run(0)
    finally:
        team.close()
    assert marks.tolist() == [rounds] * 3
    assert behind.tolist() == [0] * 3


def pids(shard: Shard, slots: NDArray[np.int64]) -> Callable[[int], None]:
    slots[shard.rank] = os.getpid()
    return lambda task: time.sleep(0.001)


def test_a_killed_worker_is_an_error_and_leaves_nobody_behind() -> None:
    slots = shared_zeros((2,), np.int64)
    team = Team(2, lambda shard: pids(shard, slots))
    team.run(0)
    worker = int(slots[1])
    os.kill(worker, signal.SIGKILL)
    with pytest.raises(WorkerError, match="killed by signal 9"):
        team.run(0)
    team.close()
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)


LONG = 120.0  # s: no test waits for the end of a task that takes so long


@pytest.mark.parametrize("busy", [True, False], ids=["in its own part", "in its wait for others"])
def test_an_interrupted_task_is_not_waited_for(*, busy: bool) -> None:
    slots, parent = shared_zeros((3,), np.int64), os.getpid()

    def work(shard: Shard) -> Callable[[int], None]:
        def perform(task: int) -> None:
            slots[shard.rank] = os.getpid()
            if shard.rank == 1:
                while not slots.all():
                    time.sleep(0.001)
                time.sleep(0.05)  # not what the test stands on: either way it is in `run`
                os.kill(parent, signal.SIGINT)
            if shard.rank or busy:
                time.sleep(LONG)

        return perform

    team = Team(3, work)
    with pytest.raises(KeyboardInterrupt):
        team.run(0)
    begun = time.monotonic()
    team.close()
    assert time.monotonic() - begun < LONG / 4
    for worker in slots[1:]:
        with pytest.raises(ProcessLookupError):
            os.kill(int(worker), 0)


def test_a_team_that_cannot_be_made_leaves_nobody_behind() -> None:
    slots = shared_zeros((2,), np.int64)

    def work(shard: Shard) -> Callable[[int], None]:
        slots[shard.rank] = os.getpid()
        while not slots[1]:
            time.sleep(0.001)
        if shard.rank == 0:
            raise MemoryError
        return pids(shard, slots)

    with pytest.raises(MemoryError):
        Team(2, work)
    with pytest.raises(ProcessLookupError):
        os.kill(int(slots[1]), 0)


def test_processes_that_the_system_refuses_are_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse() -> int:
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr(os, "fork", refuse)
    with pytest.raises(WorkerError, match="no more processes can be started"):
        Team(2, lambda shard: lambda task: None)


def team_that_counts() -> tuple[Team, weakref.ref[NDArray[np.int64]]]:
    counts = shared_zeros((2,), np.int64)

    def work(shard: Shard) -> Callable[[int], None]:
        def perform(task: int) -> None:
            counts[shard.rank] += 1

        return perform

    team = Team(2, work)
    team.run(0)
    assert counts.tolist() == [1, 1]
    return team, weakref.ref(counts)


def test_a_closed_team_lets_go_of_what_it_worked_on() -> None:
    gc.disable()  # what only the collector frees, the next team's workers inherit
    try:
        team, gone = team_that_counts()
        team.close()
        assert gone() is None
    finally:
        gc.enable()


def test_workers_end_with_a_killed_parent(tmp_path: Path) -> None:
    program = """
        import os, time
        from engine.shards import Team
        def work(shard):
            if shard.rank:
                print(os.getpid(), flush=True)
            return lambda task: time.sleep(0.01)
        team = Team(2, work)
        while True:
            team.run(0)
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        parent.kill()
        parent.wait()
    deadline = time.monotonic() + 10
    while Path(f"/proc/{worker}").exists() and time.monotonic() < deadline:
        if Path(f"/proc/{worker}/stat").read_text().split()[2] == "Z":
            break
        time.sleep(0.01)
    else:
        assert not Path(f"/proc/{worker}").exists()

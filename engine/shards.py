"""Processes that share the units of one model: their barrier, their tasks and their death.

Each process computes its own units for the whole batch. Sharing the batch instead would leave
each product fewer rows, for which BLAS is slower, and weight gradients to be added up. The price
is a barrier in each time step, which takes a fraction of a microsecond where processes spin and
ten where they ask the operating system.
"""

import contextlib
import ctypes
import gc
import os
import platform
import signal
import sys
import time
import traceback
from collections.abc import Callable

import numpy as np

from engine.blas_threads import BlasThreads
from engine.errors import WorkerError
from engine.memory import CACHE_LINE, shared_zeros

# About 50 microseconds: longer than a partner with a core of its own is late. Spinning on would
# use up the time that the scheduler owes this process, when another one wants the core.
SPINS = 1_000
YIELDS = 2_000  # then let others run, some 50 microseconds each time ...
LONGEST_NAP = 0.002  # s: ... then sleep, so that a paused run costs nothing
PR_SET_PDEATHSIG = 1
LEAVE = -1

_SLOT = CACHE_LINE // 8  # one counter a cache line: partners do not fight over one


class Shard:
    """One process's place among `count`: which units are its own, and where it waits."""

    def __init__(self, rank: int = 0, count: int = 1) -> None:
        self.rank = rank
        self.count = count
        self.others = [other for other in range(count) if other != rank]

    def own(self, size: int) -> slice:
        """This shard's consecutive part of `size` things."""
        return slice(self.rank * size // self.count, (self.rank + 1) * size // self.count)

    def arrive(self) -> None:
        """Tell the others that they need not wait for this shard: the first half of `wait`."""

    def meet(self) -> None:
        """Return when every shard has arrived: the second half. A lone shard never waits."""

    def wait(self) -> None:
        """Return when every shard has arrived."""
        self.arrive()
        self.meet()


class SpinningShard(Shard):
    """A shard among several processes.

    The arrival counters are plain stores. That is enough on x86, whose stores
    become visible in program order; `sharding_is_safe` keeps other machines out.
    """

    def __init__(self, rank: int, count: int, arrivals: memoryview, check: Callable[[], None]):
        super().__init__(rank, count)
        self._arrivals = arrivals
        self._check = check
        self._mine = rank * _SLOT
        self._others = [other * _SLOT for other in self.others]
        self._round = 0

    def arrive(self) -> None:
        """Tell the others that they need not wait for this shard."""
        self._round += 1
        self._arrivals[self._mine] = self._round

    def meet(self) -> None:
        """Return when every shard has arrived; raises WorkerError if one has died."""
        arrivals, target = self._arrivals, self._round
        for other in self._others:
            spins = 0
            while arrivals[other] < target:
                spins += 1
                if spins > SPINS:
                    self._rest(spins - SPINS)

    def _rest(self, rests: int) -> None:
        if rests < YIELDS:
            time.sleep(0)
            return
        time.sleep(min(LONGEST_NAP, 2e-5 * (1 + (rests - YIELDS) // 50)))
        self._check()


def sharding_is_safe() -> bool:
    """Whether this machine has fork and keeps stores in order (x86)."""
    return hasattr(os, "fork") and platform.machine().lower() in {"x86_64", "amd64", "i686"}


class Team:
    """`count` processes that run the same tasks on their own shards; this process is shard 0.

    `work(shard)` is called once in each process and returns a function of a task's number.
    """

    def __init__(self, count: int, work: Callable[[Shard], Callable[[int], None]]) -> None:
        self.count = count
        self._children: list[int] = []
        self._is_broken = False
        self._threads: BlasThreads | None = None
        if count == 1:
            self._shard = Shard()
            self._perform = work(self._shard)
            return
        if not sharding_is_safe():
            raise WorkerError(
                f"this machine cannot share a model between {count} processes; use --processes 1"
            )
        self._threads = BlasThreads(1)
        control = shared_zeros(((count + 1) * _SLOT,), np.int64)
        self._control = control.data
        self._task_slot = count * _SLOT
        try:
            self._fork_workers(work)
            self._shard = SpinningShard(0, count, self._control, self._check_children)
            self._perform = work(self._shard)
        except BaseException:
            self._is_broken = True  # the workers would wait for this process for ever
            self.close()
            raise

    def run(self, task: int) -> None:
        """Perform `task` in every process and return when all are done.

        Raises WorkerError when a process died; after any error the team is of no more use.
        """
        if self.count == 1:
            self._perform(task)
            return
        self._control[self._task_slot] = task
        try:
            self._shard.wait()
            self._perform(task)
            self._shard.wait()
        except BaseException:
            self._is_broken = True  # the workers may be long at it, and are of another round
            raise

    def close(self) -> None:
        """Send the workers home and wait until they are gone."""
        if self._children:
            self._control[self._task_slot] = LEAVE
            if not self._is_broken:  # a task that was given up, or a dead one, ends no wait
                with contextlib.suppress(WorkerError):
                    self._shard.wait()
            for child in self._children:
                with contextlib.suppress(ProcessLookupError, ChildProcessError):
                    os.kill(child, signal.SIGKILL)
                    os.waitpid(child, 0)
            self._children = []
        if self._threads is not None:
            self._threads.give_back()
            self._threads = None
        # The team, its shard and its work know one another. Only the collector would free their
        # buffers, and the workers of the next team would inherit them.
        self._perform, self._shard = _nothing, Shard()

    def _fork_workers(self, work: Callable[[Shard], Callable[[int], None]]) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        parent = os.getpid()
        # Frozen objects are not visited by the collector, whose marks would copy their pages.
        gc.freeze()
        try:
            for rank in range(1, self.count):
                child = os.fork()
                if child == 0:
                    self._serve(rank, parent, work)
                self._children.append(child)
        except OSError as error:
            raise WorkerError(
                f"no more processes can be started ({error.strerror}); take fewer --processes"
            ) from error
        finally:
            gc.unfreeze()

    def _serve(
        self, rank: int, parent: int, work: Callable[[Shard], Callable[[int], None]]
    ) -> None:
        """A worker's whole life; never returns."""
        status = 1
        try:
            _die_with(parent)
            for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(name, signal.SIG_IGN)  # the parent decides when the team ends

            def check() -> None:
                if os.getppid() != parent:
                    os._exit(0)

            shard = SpinningShard(rank, self.count, self._control, check)
            perform = work(shard)
            while True:
                shard.wait()
                task = self._control[self._task_slot]
                if task == LEAVE:
                    break
                perform(task)
                shard.wait()
            status = 0
        except BaseException:  # noqa: BLE001 - the traceback goes to the log, the parent sees the death
            traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(status)

    def _check_children(self) -> None:
        for child in list(self._children):
            try:
                gone, status = os.waitpid(child, os.WNOHANG)
            except ChildProcessError:
                gone, status = child, 0
            if gone:
                self._children.remove(child)
                self._is_broken = True
                code = os.waitstatus_to_exitcode(status)
                end = f"was killed by signal {-code}" if code < 0 else f"left with status {code}"
                raise WorkerError(
                    f"worker process {child} {end}; resume the run from its last checkpoint"
                )


def once(processes: int, work: Callable[[Shard], None]) -> None:
    """Have `work` done by each of so many processes, on its shard; returns when all have.

    Raises WorkerError when a process died.
    """
    team = Team(processes, lambda shard: lambda _: work(shard))
    try:
        team.run(0)
    finally:
        team.close()


def _nothing(task: int) -> None:
    """What a closed team does."""


def _die_with(parent: int) -> None:
    """Have Linux kill this process when the parent's thread that has forked it ends.

    Elsewhere the barrier looks.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)

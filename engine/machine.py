"""What this machine offers: cores, a quota on them, and the ways to spread a model over them."""

import math
import os
import platform
from pathlib import Path
from typing import NamedTuple

from engine import control_group
from engine.hyperparameters import Hyperparameters
from engine.shards import sharding_is_safe

STEP_VERSION = 4  # of the way a step is made: what an older one took says nothing about this one
FEWEST_UNITS = 24  # of a shard: below, the barriers cost more than another core gives
FEWEST_THREADED_UNITS = 128  # BLAS gains nothing from threads in the products of smaller layers
MOST_PROCESSES = 16  # a barrier of more spends more on looking at one another than it gains


class Split(NamedTuple):
    """How a model is spread: processes that share its units, and BLAS threads in each."""

    processes: int
    blas_threads: int


def cores() -> int:
    """The cores that this process may use: its affinity, and a control group's quota rounded up."""
    if hasattr(os, "sched_getaffinity"):
        available = len(os.sched_getaffinity(0))
    else:
        available = os.cpu_count() or 1
    return max(1, math.ceil(min(available, control_group.processors())))


def processor() -> str:
    """The name of the processor, as far as the system tells it."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def splits(settings: Hyperparameters) -> list[Split]:
    """The splits worth trying, the simplest first; those that `settings` ask for, if they do."""
    available, units = cores(), settings.hidden_size
    if settings.processes:
        counts = [min(settings.processes, units)]
    elif sharding_is_safe() and settings.blas_threads <= 1:  # threads are for one process alone
        most = max(1, min(available, MOST_PROCESSES, units // FEWEST_UNITS))
        counts = sorted({1, *(count for count in (2, 3, 4, 6, 8, 12) if count < most), most})
    else:
        counts = [1]
    return [
        Split(count, threads)
        for count in counts
        for threads in _threads(settings, count, available)
    ]


def _threads(settings: Hyperparameters, processes: int, available: int) -> list[int]:
    if processes > 1:  # `Team` leaves a core to each of them
        return [1]
    if settings.blas_threads:
        return [settings.blas_threads]
    if available == 1 or settings.hidden_size < FEWEST_THREADED_UNITS:
        return [1]
    return [1, available]


def usual_split(settings: Hyperparameters) -> Split:
    """The split that is likely the best, without trying: a process a core."""
    found = splits(settings)
    single = [split for split in found if split.processes == 1]
    return single[-1] if settings.batch_size == 1 and single else found[-1]


def choose_processes(settings: Hyperparameters) -> int:
    """The number of processes of the likely best split."""
    return usual_split(settings).processes

"""What this machine can do: how many processes and BLAS threads a model should have here."""

import os

from engine.hyperparameters import Hyperparameters
from engine.shards import sharding_is_safe

FEWEST_UNITS = 48  # of a shard: below, the barriers cost more than the other core gives
FEWEST_STREAMS = 8
MOST_PROCESSES = 8


def cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def choose_processes(hyperparameters: Hyperparameters) -> int:
    """The number of processes that should share the units of such a model here."""
    if hyperparameters.processes:
        return min(hyperparameters.processes, hyperparameters.hidden_size)
    if not sharding_is_safe() or hyperparameters.batch_size < FEWEST_STREAMS:
        return 1
    most = hyperparameters.hidden_size // FEWEST_UNITS
    return max(1, min(cores(), most, MOST_PROCESSES))


def choose_blas_threads(hyperparameters: Hyperparameters, processes: int) -> int:
    """BLAS threads in each process: the cores belong to the processes, or to one process's BLAS."""
    if hyperparameters.blas_threads:
        return hyperparameters.blas_threads
    return cores() if processes == 1 else 1

"""Throughput of training steps, beside the most that this machine's BLAS can do."""

import time
from collections.abc import Sequence

import msgspec
import numpy as np
from threadpoolctl import threadpool_limits

from engine.exchange import Exchange
from engine.hyperparameters import Hyperparameters
from engine.machine import choose_processes, cores
from engine.model import Architecture, initialise
from engine.shards import Team
from engine.tasks import TRAIN, ShardTasks, Weights, Workspace, step_settings

CHARACTERS = 65  # in the vocabulary: that of a plain English text
WARM_UP_STEPS = 3
GEMM_SIZES = (768, 1024, 1536)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One measurement. gflops counts the model's useful multiply-adds only: 6 a weight and
    character (forward, and two products backward), the look-up of characters not counted.
    """

    cell: str
    layers: int
    hidden_size: int
    batch_size: int
    sequence_length: int
    characters_per_second: float
    gflops: float
    gemm_gflops: float
    processes: int
    blas_threads: int


def gemm_gflops(seconds: float = 1.0) -> float:
    """The best that a float32 product of square matrices reaches on all cores, in GFLOP/s."""
    rng = np.random.default_rng(0)
    best = 0.0
    with threadpool_limits(cores(), user_api="blas"):
        for size in GEMM_SIZES:
            a, b = (rng.random((size, size), dtype=np.float32) for _ in range(2))
            out = np.empty_like(a)
            end = time.perf_counter() + seconds / len(GEMM_SIZES)
            while time.perf_counter() < end:
                begun = time.perf_counter()
                np.matmul(a, b, out=out)
                best = max(best, 2 * size**3 / (time.perf_counter() - begun) / 1e9)
    return best


def useful_flops(architecture: Architecture) -> int:
    """Floating-point operations that one character of training needs."""
    looked_up = {"embedding.weight", "rnn.weight_ih_l0"}
    weights = sum(
        np.prod(shape)
        for name, shape in architecture.shapes().items()
        if "weight" in name and name not in looked_up
    )
    return 6 * int(weights)


def measure(settings: Hyperparameters, seconds: float, gemm: float) -> Row:
    """Characters a second of bare training steps on random text, over `seconds`."""
    processes = choose_processes(settings)
    threads = settings.blas_threads or (cores() if processes == 1 else 1)
    architecture = Architecture.of(settings, CHARACTERS)
    rng = np.random.default_rng(settings.random_seed)
    weights = Weights(architecture, np.dtype(np.float32))
    initialise(weights.parameters, architecture, settings.initialisation, rng)
    exchange = Exchange(
        architecture,
        settings.sequence_length,
        settings.batch_size,
        dropout=settings.dropout > 0,
    )
    exchange.inputs[:] = rng.integers(0, CHARACTERS, exchange.inputs.shape)
    exchange.targets[:] = rng.integers(0, CHARACTERS, exchange.inputs.shape)
    workspace = Workspace(weights, exchange, np.zeros(0, np.uint8), 0, processes)
    workspace.settings[:] = step_settings(settings, 1e-3, 1, 0).as_row()
    with threadpool_limits(threads, user_api="blas"):
        team = Team(processes, lambda shard: ShardTasks(workspace, shard))
        try:
            rate = exchange.inputs.size / _seconds_a_step(team, seconds)
        finally:
            team.close()
    return Row(
        cell=settings.cell,
        layers=settings.layers,
        hidden_size=settings.hidden_size,
        batch_size=settings.batch_size,
        sequence_length=settings.sequence_length,
        characters_per_second=rate,
        gflops=rate * useful_flops(architecture) / 1e9,
        gemm_gflops=gemm,
        processes=processes,
        blas_threads=threads,
    )


def _seconds_a_step(team: Team, seconds: float) -> float:
    for _ in range(WARM_UP_STEPS):
        team.run(TRAIN)
    begun = time.perf_counter()
    steps = 0
    while time.perf_counter() - begun < seconds:
        team.run(TRAIN)
        steps += 1
    return (time.perf_counter() - begun) / max(1, steps)


def benchmark(models: Sequence[Hyperparameters], seconds: float) -> list[Row]:
    """Measure each model for `seconds`, all against one measurement of the GEMM limit."""
    gemm = gemm_gflops()
    return [measure(settings, seconds, gemm) for settings in models]

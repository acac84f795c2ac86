"""Throughput of training steps, beside the most that this machine's BLAS can do."""

import time
from collections.abc import Iterator, Mapping, Sequence

import msgspec
import numpy as np
from threadpoolctl import threadpool_limits

from engine.fields import Field
from engine.footprint import check_fits
from engine.hyperparameters import Hyperparameters
from engine.machine import cores
from engine.model import Architecture
from engine.rehearsal import Rehearsal
from engine.tuning import choose_split

CHARACTERS = 65  # in the vocabulary: that of a plain English text
WARM_UP_STEPS = 3
GEMM_SIZES = (768, 1024, 1536)
GEMM_SECONDS = 1.0  # long enough for the best of many
# From what trains in no time to what a patient person trains: layers, units in each.
SHAPES = ((1, 128), (2, 256), (3, 192), (2, 512))
SECONDS = Field(
    name="seconds",
    kind=float,
    default=3.0,
    description="how long each model is measured",
    unit="s",
    live=False,
    choices=(),
    least=None,
    above=0,
    most=3600,
)


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


def gemm_gflops(seconds: float = GEMM_SECONDS) -> float:
    """The best that a float32 product of square matrices reaches on all cores, in GFLOP/s."""
    rng = np.random.default_rng(0)
    best = 0.0
    with threadpool_limits(cores(), user_api="blas"):
        for size in GEMM_SIZES:
            a, b = (rng.random((size, size), dtype=np.float32) for _ in range(2))
            out = np.empty_like(a)
            end = time.perf_counter() + seconds / len(GEMM_SIZES)
            finished = 0.0
            while finished < end:
                begun = time.perf_counter()
                np.matmul(a, b, out=out)
                finished = time.perf_counter()
                best = max(best, 2 * size**3 / (finished - begun) / 1e9)
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
    split = choose_split(settings, CHARACTERS)
    with Rehearsal(settings, split, CHARACTERS) as rehearsal:
        rate = rehearsal.characters / _seconds_a_step(rehearsal, seconds)
        flops = useful_flops(rehearsal.architecture)
    return Row(
        cell=settings.cell,
        layers=settings.layers,
        hidden_size=settings.hidden_size,
        batch_size=settings.batch_size,
        sequence_length=settings.sequence_length,
        characters_per_second=rate,
        gflops=rate * flops / 1e9,
        gemm_gflops=gemm,
        processes=split.processes,
        blas_threads=split.blas_threads,
    )


def _seconds_a_step(rehearsal: Rehearsal, seconds: float) -> float:
    """The mean over as many whole steps as fit."""
    for _ in range(WARM_UP_STEPS):
        rehearsal.step()
    spent, steps = 0.0, 0
    while spent < seconds:
        spent += rehearsal.step()
        steps += 1
    return spent / max(1, steps)


def grid(chosen: Mapping[str, object]) -> list[Hyperparameters]:
    """The models to measure: the one whose layers or units are chosen, or else one of each of
    SHAPES, with all else that is chosen. Raises HyperparameterError.
    """
    if {"layers", "hidden_size"} & chosen.keys():
        return [Hyperparameters.from_mapping(chosen)]
    return [
        Hyperparameters.from_mapping({**chosen, "layers": layers, "hidden_size": hidden_size})
        for layers, hidden_size in SHAPES
    ]


def benchmark(models: Sequence[Hyperparameters], seconds: float) -> Iterator[Row]:
    """Measure each model for `seconds`, all against one measurement of the GEMM limit.

    Raises UsageError, before any, where one of them could not be trained in this memory.
    """
    for settings in models:
        check_fits(settings, CHARACTERS)
    gemm = gemm_gflops(min(seconds, GEMM_SECONDS))
    for settings in models:
        yield measure(settings, seconds, gemm)

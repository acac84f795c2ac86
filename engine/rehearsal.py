"""Bare training steps on random text, to see how fast a model trains with a given split."""

import math
import time
from typing import Self

import numpy as np

from engine.blas_threads import BlasThreads
from engine.exchange import Exchange
from engine.hyperparameters import Hyperparameters
from engine.machine import Split
from engine.model import Architecture, initialise
from engine.shards import Team
from engine.tasks import TRAIN, ShardTasks, Weights, Workspace, step_settings

ENOUGH = 0.25  # of the time: by then the quickest step is nearly the quickest of all
UNDISTURBED = 0.9  # of the time, at least, a process computes if nothing else wants its core


class Rehearsal:
    """A model of `vocabulary_size` characters with a team that trains it; close it, or use `with`.

    Raises WorkerError where the machine cannot be split so.
    """

    def __init__(self, settings: Hyperparameters, split: Split, vocabulary_size: int) -> None:
        self.architecture = Architecture.of(settings, vocabulary_size)
        rng = np.random.default_rng(settings.random_seed)
        weights = Weights(self.architecture, np.dtype(np.float32))
        initialise(weights.parameters, self.architecture, "glorot", rng)
        exchange = Exchange(
            self.architecture,
            settings.sequence_length,
            settings.batch_size,
            dropout=settings.dropout > 0,
            shards=split.processes,
        )
        shape = exchange.inputs.shape
        exchange.inputs[:] = rng.integers(0, vocabulary_size, shape)
        exchange.targets[:] = rng.integers(0, vocabulary_size, shape)
        self.characters = exchange.inputs.size  # trained by one step
        workspace = Workspace(weights, exchange, np.zeros(0, np.uint8), 0, split.processes)
        workspace.settings[:] = step_settings(settings, 1e-3, 0).as_row()
        self._threads = BlasThreads(split.blas_threads)
        try:
            self._team = Team(split.processes, lambda shard: ShardTasks(workspace, shard))
        except BaseException:
            self._threads.give_back()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the team, and give BLAS its threads back."""
        self._team.close()
        self._threads.give_back()

    def quickest_step(self, seconds: float, too_slow: float = math.inf) -> tuple[float, bool]:
        """The seconds of the quickest step, of those that fit into `seconds` and at least two.

        And whether nothing else worked on these cores; if it did, the figure says little about
        other days. A model whose first steps all take longer than `too_slow` gets no more of them.
        """
        begun, worked = time.monotonic(), time.process_time()
        self.step()  # the first one sets the pages up
        least = self.step()
        while (now := time.monotonic()) < begun + seconds:
            if least > too_slow and now > begun + ENOUGH * seconds:
                break
            least = min(least, self.step())
        worked, took = time.process_time() - worked, time.monotonic() - begun
        return least, worked >= UNDISTURBED * took

    def step(self) -> float:
        """Train one step; the seconds that it took."""
        begun = time.perf_counter()
        self._team.run(TRAIN)
        return time.perf_counter() - begun

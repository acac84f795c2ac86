"""How large the learning rate may be: a short sweep over rates, on a copy of the training state.

Smith 2017 (Cyclical learning rates, arXiv 1506.01186, section 3.3): the rate grows from step to
step while the loss is watched. It falls as long as the rate is too small to matter, falls
fastest where the rate does most good, and rises where the steps are too long.
"""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import mean, stdev

import msgspec

from corpora import Corpus
from engine.events import HyperparametersChanged, Rollback, Step
from engine.hyperparameters import Hyperparameters
from engine.machine import Split
from engine.trainer import Trainer

LEAST, MOST, STEPS = 1e-5, 1.0, 100
WORSE = 4.0  # times the best smoothed loss: then the sweep is over
MEMORY = 0.9  # of the smoothed loss
FEWEST = 10  # points that show where the loss begins, and how much batches differ
LEAST_FALL = 0.01  # of the loss: less is no learning
SAFETY = 10.0  # the lowest loss comes at a rate at which training is about to fail


class Point(msgspec.Struct, frozen=True):
    """The loss after an update at `learning_rate`, in nats per character, and its debiased mean."""

    learning_rate: float
    loss: float
    smoothed: float


def sweep(
    corpus: Corpus,
    hyperparameters: Hyperparameters,
    *,
    checkpoint: Path | None = None,
    processes: int | Split = 1,
    steps: int = STEPS,
) -> Iterator[Point]:
    """Train a copy for some steps while its rate grows from LEAST to MOST; a point a step.

    `checkpoint` is the state to begin with; None: a new model. No file is written, and all
    randomness comes from the copy's random seed. Ends early where the loss is WORSE than the
    best or not finite. Raises CheckpointError, CorpusError, WorkerError.
    """
    settings = _undisturbed(hyperparameters)
    trainer = (
        Trainer(corpus, settings, processes=processes)
        if checkpoint is None
        else Trainer.resume(checkpoint, corpus, processes=processes, hyperparameters=settings)
    )
    with trainer:
        yield from _points(trainer, _rates(steps))


def suggestion(points: Sequence[Point]) -> float | None:
    """A rate to train with, to two digits; None where the sweep has shown nothing.

    A tenth of the rate with the lowest smoothed loss, which is near to the edge. A model that is
    trained already falls no further in so few steps than one batch differs from another.
    """
    if len(points) <= FEWEST:
        return None
    begin = [point.loss for point in points[:FEWEST]]  # at rates too small to matter
    lowest = min(points[FEWEST:], key=lambda point: point.smoothed)
    if mean(begin) - lowest.smoothed < max(stdev(begin), LEAST_FALL * mean(begin)):
        return None
    return float(f"{max(LEAST, lowest.learning_rate / SAFETY):.1e}")


def _rates(steps: int) -> list[float]:
    return [LEAST * (MOST / LEAST) ** (step / max(1, steps - 1)) for step in range(steps)]


def _points(trainer: Trainer, rates: Sequence[float]) -> Iterator[Point]:
    average, best, previous = 0.0, math.inf, 0.0
    measured = 0
    # The loss that an update has led to is measured by the step behind it, hence one step more.
    for rate in (*rates, rates[-1]):
        loss = _one_step(trainer, rate)
        if loss is None:
            return
        if previous:
            measured += 1
            average = MEMORY * average + (1 - MEMORY) * loss
            smoothed = average / (1 - MEMORY**measured)
            yield Point(previous, loss, smoothed)
            best = min(best, smoothed)
            if smoothed > WORSE * best:
                return
        previous = rate


def _one_step(trainer: Trainer, rate: float) -> float | None:
    """The loss before an update at that rate; None when it was not finite."""
    trainer.change({"learning_rate": rate})
    changed = False
    for event in trainer:
        if isinstance(event, HyperparametersChanged):
            changed = True
        elif isinstance(event, Rollback):
            return None
        elif isinstance(event, Step) and changed:
            return event.loss
    return None


def _undisturbed(hyperparameters: Hyperparameters) -> Hyperparameters:
    """The same model and batches, with nothing but steps: no schedule, no end, no interruption."""
    never = 10**9
    return msgspec.structs.replace(
        hyperparameters,
        learning_rate=LEAST,
        schedule="constant",
        warm_up=0,
        epochs=0,
        steps=0,
        max_seconds=0.0,
        patience=0,
        validate_every=never,
        checkpoint_every=never,
        sample_every=never,
        sample_length=1,
    )

"""Which split trains a model fastest here: tried for a moment, and remembered."""

import math
from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np

from engine.errors import WorkerError
from engine.hyperparameters import Hyperparameters
from engine.machine import STEP_VERSION, Split, cores, processor, splits, usual_split
from engine.model import Architecture
from engine.rehearsal import Rehearsal
from engine.remembered import place, recall, remember

PATIENCE = 1.5  # seconds for all splits together
LONGEST_SEQUENCE = 16  # characters: enough to see barriers and products in their proportion
MOST_PARAMETERS = 3_000_000  # beyond, trying takes too long, and sharing is the answer anyway
WORTH_IT = 0.97  # the part of a simpler split's time that a less simple one must stay below
# The part of several processes' time that one alone must stay below, where several are usual. A
# neighbour that takes a core for a moment makes them no faster than one; undisturbed they are up
# to twice as fast, and where they are not, little is lost by taking them.
CLEARLY = 0.8
HOPELESS = 1.4  # times the quickest step so far: such a split is not tried any longer
SUFFIX = ".split"


def choose_split(
    settings: Hyperparameters,
    vocabulary_size: int,
    folder: Path | None = None,
    *,
    is_quiet: bool = True,
) -> Split:
    """The fastest split for such a model; `folder` is where answers are kept.

    What `settings` ask for is taken as it is. Where it is not quiet, because another run
    trains, nothing is tried, and where others turn out to work nothing is remembered: the answer
    would be wrong on any other day.
    """
    candidates = splits(settings)
    if len(candidates) == 1:
        return candidates[0]
    path = place(folder, SUFFIX, _parts(settings, vocabulary_size))
    known = recall(path, Split)
    if known in candidates:
        return known
    size = Architecture.of(settings, vocabulary_size).parameter_count
    if not is_quiet or size > MOST_PARAMETERS:
        return usual_split(settings)
    times = _times(settings, vocabulary_size, candidates)
    if times is None:
        return usual_split(settings)
    found = fastest(times, usual_split(settings))
    remember(path, found)
    return found


def fastest(times: Mapping[Split, float], usual: Split) -> Split:
    """The best split of those that were tried, the simplest first, by the seconds of a step."""
    best, *others = times
    for split in others:
        is_doubtful = best.processes == 1 and split.processes > 1 and usual.processes > 1
        if times[split] < times[best] * (1 / CLEARLY if is_doubtful else WORTH_IT):
            best = split
    return best


def _times(
    settings: Hyperparameters, vocabulary_size: int, candidates: list[Split]
) -> dict[Split, float] | None:
    """The seconds of the quickest step of each split that works; None if others work here, too."""
    short = msgspec.structs.replace(
        settings, sequence_length=min(settings.sequence_length, LONGEST_SEQUENCE)
    )
    times: dict[Split, float] = {}
    usual = usual_split(settings)
    for split in sorted(candidates, key=lambda split: split != usual):
        too_slow = HOPELESS * min(times.values(), default=math.inf)
        try:
            with Rehearsal(short, split, vocabulary_size) as rehearsal:
                seconds, undisturbed = rehearsal.quickest_step(PATIENCE / len(candidates), too_slow)
        except WorkerError:
            continue
        if not undisturbed:
            return None
        times[split] = seconds
    return {split: times[split] for split in candidates if split in times}


def _parts(settings: Hyperparameters, vocabulary_size: int) -> tuple[object, ...]:
    """What the answer depends on: this machine, and the model."""
    sizes = (settings.cell, settings.layers, settings.hidden_size, settings.embedding_size)
    ngrams = (settings.ngram_order, settings.ngram_size, settings.input_norm)
    batch = (settings.batch_size, settings.sequence_length, settings.dropout > 0)
    parts = (STEP_VERSION, processor(), cores(), np.__version__, sizes, ngrams, batch)
    asked = (vocabulary_size, settings.processes, settings.blas_threads)
    return parts, asked

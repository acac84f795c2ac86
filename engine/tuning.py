"""Which split trains a model fastest here: tried for a moment, and remembered."""

import contextlib
import hashlib
import time
from pathlib import Path

import msgspec
import numpy as np

from corpora.whole_file import make_private, written
from engine.errors import WorkerError
from engine.hyperparameters import Hyperparameters
from engine.machine import STEP_VERSION, Split, cores, processor, splits, usual_split
from engine.model import Architecture
from engine.rehearsal import Rehearsal

PATIENCE = 1.5  # seconds for all splits together
LONGEST_SEQUENCE = 16  # characters: enough to see barriers and products in their proportion
MOST_PARAMETERS = 3_000_000  # beyond, trying takes too long, and sharing is the answer anyway
WORTH_IT = 0.97  # the part of a simpler split's time that a less simple one must stay below
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
    trains, nothing is tried: the answer would be wrong on any other day.
    """
    candidates = splits(settings)
    if len(candidates) == 1:
        return candidates[0]
    path = folder / (_key(settings, vocabulary_size) + SUFFIX) if folder is not None else None
    known = _recall(path)
    if known in candidates:
        return known
    size = Architecture.of(settings, vocabulary_size).parameter_count
    if not is_quiet or size > MOST_PARAMETERS:
        return usual_split(settings)
    found = _fastest(settings, vocabulary_size, candidates)
    if path is not None:
        _remember(path, found)
    return found


def _fastest(settings: Hyperparameters, vocabulary_size: int, candidates: list[Split]) -> Split:
    short = msgspec.structs.replace(
        settings, sequence_length=min(settings.sequence_length, LONGEST_SEQUENCE)
    )
    best, least = candidates[0], float("inf")
    for split in candidates:
        try:
            with Rehearsal(short, split, vocabulary_size) as rehearsal:
                seconds = _quickest_step(rehearsal, PATIENCE / len(candidates))
        except WorkerError:
            continue
        if seconds < least * WORTH_IT:
            best, least = split, seconds
    return best


def _quickest_step(rehearsal: Rehearsal, seconds: float) -> float:
    end = time.monotonic() + seconds
    rehearsal.step()  # the first one sets the pages up
    least = rehearsal.step()
    while time.monotonic() < end:
        least = min(least, rehearsal.step())
    return least


def _key(settings: Hyperparameters, vocabulary_size: int) -> str:
    """A file name for this machine and this model."""
    sizes = (settings.cell, settings.layers, settings.hidden_size, settings.embedding_size)
    ngrams = (settings.ngram_order, settings.ngram_size, settings.input_norm)
    batch = (settings.batch_size, settings.sequence_length, settings.dropout > 0)
    parts = (STEP_VERSION, processor(), cores(), np.__version__, sizes, ngrams, batch)
    asked = (vocabulary_size, settings.processes, settings.blas_threads)
    return hashlib.sha256(repr((parts, asked)).encode()).hexdigest()[:32]


def _recall(path: Path | None) -> Split | None:
    if path is None:
        return None
    try:
        return Split(*msgspec.json.decode(path.read_bytes(), type=tuple[int, int]))
    except (OSError, msgspec.MsgspecError):
        return None


def _remember(path: Path, split: Split) -> None:
    """Write beside, then rename; where that fails it is measured again next time."""
    with contextlib.suppress(OSError):
        make_private(path.parent)
        with written(path, durable=False) as file:
            file.write(msgspec.json.encode(tuple(split)))

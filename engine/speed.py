"""How fast this machine trains: measured once, for a moment, and remembered."""

from pathlib import Path

import numpy as np

from engine.errors import WorkerError
from engine.hyperparameters import Hyperparameters
from engine.machine import STEP_VERSION, cores, processor, usual_split
from engine.rehearsal import Rehearsal
from engine.remembered import place, recall, remember

SECONDS = 0.4
CHARACTERS = 65  # of the vocabulary; it hardly matters
SUFFIX = ".speed"


def characters_per_second(folder: Path | None = None, *, is_quiet: bool = True) -> float | None:
    """What the default model trains in a second here; `folder` is where the answer is kept.

    None where it is not known and cannot be found out now, because another run trains. What is
    measured beside other work is better than nothing, for once, and not remembered.
    """
    default = Hyperparameters().to_mapping()
    parts = (STEP_VERSION, processor(), cores(), np.__version__, default)
    path = place(folder, SUFFIX, parts)
    known = recall(path, float)
    if known is not None or not is_quiet:
        return known
    settings = Hyperparameters()
    try:
        with Rehearsal(settings, usual_split(settings), CHARACTERS) as rehearsal:
            seconds, undisturbed = rehearsal.quickest_step(SECONDS)
    except WorkerError:
        return None
    found = rehearsal.characters / seconds
    if undisturbed:
        remember(path, found)
    return found

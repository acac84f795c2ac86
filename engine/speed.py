"""How fast this machine trains: measured once, for a moment, and remembered."""

import contextlib
import hashlib
import time
from pathlib import Path

import msgspec
import numpy as np

from corpora.whole_file import make_private, written
from engine.errors import WorkerError
from engine.hyperparameters import Hyperparameters
from engine.machine import STEP_VERSION, cores, processor, usual_split
from engine.rehearsal import Rehearsal

SECONDS = 0.4
CHARACTERS = 65  # of the vocabulary; it hardly matters
SUFFIX = ".speed"


def characters_per_second(folder: Path | None = None, *, is_quiet: bool = True) -> float | None:
    """What the default model trains in a second here; `folder` is where the answer is kept.

    None where it is not known and cannot be found out now, because another run trains.
    """
    path = folder / (_key() + SUFFIX) if folder is not None else None
    known = _recall(path)
    if known is not None or not is_quiet:
        return known
    try:
        found = _measured()
    except WorkerError:
        return None
    if path is not None:
        with contextlib.suppress(OSError):  # measured again next time
            make_private(path.parent)
            with written(path, durable=False) as file:
                file.write(msgspec.json.encode(found))
    return found


def _measured() -> float:
    settings = Hyperparameters()
    with Rehearsal(settings, usual_split(settings), CHARACTERS) as rehearsal:
        rehearsal.step()  # the first one sets the pages up
        end, least = time.monotonic() + SECONDS, rehearsal.step()
        while time.monotonic() < end:
            least = min(least, rehearsal.step())
        return rehearsal.characters / least


def _key() -> str:
    parts = (STEP_VERSION, processor(), cores(), np.__version__, Hyperparameters().to_mapping())
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def _recall(path: Path | None) -> float | None:
    if path is None:
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=float)
    except (OSError, msgspec.MsgspecError):
        return None

"""The trainer's log: what its process writes on its own. Bounded: of a long one the end is kept.

It is cut where it stands, not renamed, because the trainer and its workers hold it open; they
append, and so go on at its new end.
"""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

from engine.events import CheckpointSaved, Event

FILE = "trainer.log"
MOST, KEPT = 1 << 20, 1 << 18  # bytes
CUT = b"... (the beginning was removed)\n"


def trim(path: Path) -> None:
    """Keep the last lines of a log that has grown too long; where that fails it stays as it is."""
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            size = os.fstat(descriptor).st_size
            if size > MOST:
                end = os.pread(descriptor, KEPT, size - KEPT)
                os.ftruncate(descriptor, 0)
                os.write(descriptor, CUT + end.partition(b"\n")[2])
        finally:
            os.close(descriptor)


def size(path: Path) -> int:
    """Bytes that it has."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def tail(path: Path, start: int) -> str:
    """Its end, from byte `start` on; "" where that was cut off meanwhile."""
    end = size(path)
    if end <= start:  # nor is a pipe in its place opened, which would wait for a writer
        return ""
    try:
        with path.open("rb") as log:
            log.seek(max(start, end - KEPT, 0))
            return log.read(KEPT).decode(errors="replace")
    except OSError:
        return ""


def keep_short(path: Path) -> Callable[[Event], None]:
    """Listens to a run's events, and looks after its log whenever it saves."""

    def hear(event: Event) -> None:
        if isinstance(event, CheckpointSaved):
            trim(path)

    return hear

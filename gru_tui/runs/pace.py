"""The part of the run that was done at each step, kept where it depends on the clock.

No later run meets the same clock, so a schedule laid over seconds can only be repeated from
these figures: one record of 24 bytes for each step that was made while max_seconds was set.
"""

import contextlib
import os
import struct
from pathlib import Path
from typing import TYPE_CHECKING

from gru_tui.runs.course import Place

if TYPE_CHECKING:
    from numpy.typing import NDArray

FILE = "pace.bin"
RECORD = struct.Struct("<qqd")  # roll-backs, step, part done


class PaceFile:
    """Appends; a full disk ends the record for ever, since one with holes would be wrong."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None
        self._given_up = False

    def add(self, place: Place, done: float) -> None:
        """What the schedule had behind it for the update at that place."""
        if self._given_up:
            return
        record = RECORD.pack(*place, done)
        try:
            if self._descriptor is None:
                self._descriptor = _opened(self._path)
            if os.write(self._descriptor, record) != RECORD.size:
                self._give_up()
        except OSError:
            self._give_up()

    def close(self) -> None:
        """Let go of the file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _give_up(self) -> None:
        self._given_up = True
        self.close()
        with contextlib.suppress(OSError):
            self._path.unlink()


def _opened(path: Path) -> int:
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    descriptor = os.open(path, flags, 0o600)
    torn = os.fstat(descriptor).st_size % RECORD.size  # by a power cut
    if torn:
        os.ftruncate(descriptor, os.fstat(descriptor).st_size - torn)
    return descriptor


class RecordedPace:
    """What was recorded, by its place; of a place that was met twice the last time counts."""

    def __init__(self, path: Path) -> None:
        """Raises OSError."""
        import numpy as np

        data = path.read_bytes()
        kind = np.dtype([("rollbacks", "<i8"), ("step", "<i8"), ("done", "<f8")])
        rows = np.frombuffer(data, kind, count=len(data) // RECORD.size)
        order = np.lexsort((rows["step"], rows["rollbacks"]))  # stable
        self._rows: NDArray[np.void] = rows[order]
        self._at = 0

    @property
    def first(self) -> Place:
        """The earliest place that is known, where one is."""
        return self._place(0) if len(self._rows) else Place(0, 0)

    @property
    def last(self) -> Place:
        """The furthest place that is known."""
        return self._place(-1) if len(self._rows) else Place(0, -1)

    def done(self, place: Place) -> float | None:
        """What was done there, or at the last place before it; None when there is none."""
        rows, at = self._rows, self._at
        if at and self._place(at - 1) > place:  # somebody asks from the beginning again
            at = 0
        while at < len(rows) and self._place(at) <= place:
            at += 1
        self._at = at
        return float(rows["done"][at - 1]) if at else None

    def _place(self, index: int) -> Place:
        return Place(int(self._rows["rollbacks"][index]), int(self._rows["step"][index]))

"""What a long run's events have come to, kept beside them, so that opening it reads only the rest.

The file `digest` in a run's directory is a cache: whoever has read far writes it anew, and one
that is missing, damaged, of another program, or of other events than those that stand there now
is as good as none. Ten megabytes hold a run of any length.
"""

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from corpora.whole_file import written
from gru_tui import __version__
from gru_tui.curves.moment import Moment
from gru_tui.picture import Note
from gru_tui.runs.summary import Remembered, Summary

if TYPE_CHECKING:  # they load NumPy, for which a list of runs does not wait
    from gru_tui.curves.history import History
    from gru_tui.curves.track import Track
    from gru_tui.runs.run import Run

FILE = "digest"
FORMAT = f"gru-tui/digest/2/{__version__}"
MOST_BYTES = 1 << 27
WORTH_IT = 1 << 23  # bytes of events beyond the digest from which on a new one is worth writing
PART = 10  # and at least a tenth of all
GUARD = 4096  # bytes of the events' beginning, and before the place, that must be the same


class TrackRecord(msgspec.Struct, frozen=True):
    """A track's rows, little-endian."""

    every: int
    columns: int
    rows: bytes

    @classmethod
    def of(cls, track: "Track") -> "TrackRecord":
        """Of that track as it is now."""
        rows = track.rows
        return cls(track.every, rows.shape[1], rows.astype("<f8").tobytes())

    def put_into(self, track: "Track") -> None:
        """Let `track` go on from here. Raises ValueError when it is of another kind."""
        import numpy as np

        rows = np.frombuffer(self.rows, "<f8").reshape(-1, self.columns)
        track.restore(rows.astype(float), self.every)


class Digest(msgspec.Struct, frozen=True):
    """All that a watcher knows after so many bytes of events; `guard` is of those bytes."""

    format: str
    guard: bytes
    summary: Remembered
    training: TrackRecord
    validation: TrackRecord
    moments: list[Moment]
    checkpoints: list[Moment]
    notes: list[Note]
    began: bool
    starting: bool


def opened(run: "Run", history: "History") -> Remembered | None:
    """Bring an empty `history` to where the digest stands; None where there is none that fits."""
    digest = _read(run)
    if digest is None:
        return None
    try:
        digest.training.put_into(history.training)
        digest.validation.put_into(history.validation)
    except ValueError:
        history.training.rewind(-1)
        history.validation.rewind(-1)
        return None
    history.moments.extend(digest.moments)
    history.checkpoints.extend(digest.checkpoints)
    history.note(*digest.notes)
    history.began, history.starting = digest.began, digest.starting
    return digest.summary


def remembered(run: "Run") -> Remembered | None:
    """What a summary alone can go on from; None where there is no digest that fits."""
    digest = _read(run)
    return None if digest is None else digest.summary


class Keeper:
    """Writes the digest of one run when it is worth it."""

    def __init__(self, run: "Run", offset: int = 0) -> None:
        """A digest up to that byte is there already."""
        self._run = run
        self._offset = offset

    def consider(self, summary: Summary, history: "History") -> None:
        """Both have just been brought up to the same event; a folder that refuses is let be."""
        if self._is_worth_it(summary.remembered().offset):
            _write(self._run, summary, history)

    def refresh(self) -> None:
        """For whoever does not follow the events, but writes them: read what is new, write."""
        try:
            size = self._run.events.stat().st_size
        except OSError:
            return
        if self._is_worth_it(size):
            from gru_tui.curves.history import History

            history = History()
            known = opened(self._run, history)
            summary = Summary(self._run, lambda events: history.take(*events), known)
            _write(self._run, summary, history)

    def _is_worth_it(self, offset: int) -> bool:
        if offset - self._offset <= max(WORTH_IT, offset // PART):
            return False
        self._offset = offset
        return True


def _write(run: "Run", summary: Summary, history: "History") -> None:
    remembered = summary.remembered()
    guard = _guard(run.events, remembered.offset)
    if guard is None:
        return
    data = msgspec.msgpack.encode(
        Digest(
            format=FORMAT,
            guard=guard,
            summary=remembered,
            training=TrackRecord.of(history.training),
            validation=TrackRecord.of(history.validation),
            moments=list(history.moments),
            checkpoints=list(history.checkpoints),
            notes=list(history.notes),
            began=history.began,
            starting=history.starting,
        )
    )
    try:
        with written(run.path / FILE, durable=False) as file:
            file.write(hashlib.sha256(data).digest() + data)
    except OSError:
        return  # somebody else's folder, or a full disk: it is only a cache


def _read(run: "Run") -> Digest | None:
    try:
        with (run.path / FILE).open("rb") as file:
            data = file.read(MOST_BYTES)
        if hashlib.sha256(data[32:]).digest() != data[:32]:
            return None
        digest = msgspec.msgpack.decode(data[32:], type=Digest)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    if digest.format != FORMAT or digest.guard != _guard(run.events, digest.summary.offset):
        return None
    return digest


def _guard(events: Path, offset: int) -> bytes | None:
    """A checksum of the events up to `offset`, of their two ends; None when they are shorter."""
    try:
        descriptor = os.open(events, os.O_RDONLY | os.O_CLOEXEC)
        try:
            if not 0 <= offset <= os.fstat(descriptor).st_size:
                return None
            ends = os.pread(descriptor, min(GUARD, offset), 0)
            start = max(0, offset - GUARD)
            ends += os.pread(descriptor, offset - start, start)
        finally:
            os.close(descriptor)
    except OSError:
        return None
    return hashlib.sha256(ends).digest()

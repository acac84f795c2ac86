"""Reading a file of lines while somebody writes it: every line once, in order."""

import os
from pathlib import Path
from typing import Self

import msgspec

from engine.events import AnyEvent, Warned, decode

MOST_READ = 1 << 20  # bytes at one look, so that a long history comes in portions
LONGEST_LINE = 1 << 23  # bytes; a sample of 100,000 characters, escaped, has about 1.2 MB


class LineFollower:
    """Hands out the lines of a file up to its last newline; a torn tail is read again later."""

    def __init__(self, path: Path, offset: int = 0) -> None:
        self.path = path
        self.offset = offset  # bytes that have been handed out
        self.number = 0  # lines that have been handed out
        self._tail = b""  # the beginning of a line, read already
        self._overlong = False

    @classmethod
    def at_end(cls, path: Path) -> Self:
        """Follow from the last newline that is there now."""
        follower = cls(path)
        while follower.lines():
            pass
        return follower

    def lines(self) -> list[bytes]:
        """The next whole lines, without their newlines; empty when there is none as yet."""
        while True:
            data = self._read()
            if not data:
                return []
            whole, newline, self._tail = (self._tail + data).rpartition(b"\n")
            if newline:
                lines = whole.split(b"\n")
                if self._overlong:  # the end of a line that was given up
                    lines[0], self._overlong = b"", False
                self.number += len(lines)
                return lines
            if len(self._tail) > LONGEST_LINE:
                self._tail, self._overlong = b"", True

    def _read(self) -> bytes:
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return b""
        try:
            size = os.fstat(descriptor).st_size
            if size < self.offset:  # shortened by somebody: what is gone is gone, go on behind it
                self.offset, self._tail = size, b""
            data = os.pread(descriptor, MOST_READ, self.offset)
        finally:
            os.close(descriptor)
        self.offset += len(data)
        return data


class Follower:
    """The events of a run. A damaged line becomes a warning that names it."""

    def __init__(self, path: Path) -> None:
        self._lines = LineFollower(path)

    @classmethod
    def at_end(cls, path: Path) -> Self:
        """Follow what comes from now on."""
        follower = cls(path)
        follower._lines = LineFollower.at_end(path)
        return follower

    @property
    def offset(self) -> int:
        """Bytes read so far."""
        return self._lines.offset

    def poll(self) -> list[AnyEvent]:
        """The next events; empty when there is none as yet. Call again for more."""
        while lines := self._lines.lines():
            first = self._lines.number - len(lines) + 1
            found = [self._event(line, first + place) for place, line in enumerate(lines)]
            events = [event for event in found if event is not None]
            if events:
                return events
        return []

    def _event(self, line: bytes, number: int) -> AnyEvent | None:
        if not line:
            return None
        try:
            return decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            name = self._lines.path.name
            return Warned(message=f"line {number:,} of {name} is damaged and was skipped")

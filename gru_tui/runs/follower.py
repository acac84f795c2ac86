"""Reading a file of lines while somebody writes it: every line once, in order."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import msgspec

from corpora.errors import UsageError
from engine.errors import HyperparameterError
from engine.events import (
    FORMAT,
    AnyEvent,
    HyperparametersChanged,
    RunStarted,
    Warned,
    decode,
    decode_all,
)
from engine.hyperparameters import field

MOST_READ = 1 << 20  # bytes at one look, so that a long history comes in portions
LONGEST_LINE = 1 << 23  # bytes; a sample of 100,000 characters, escaped, has 0.6 MB at most
NO_EVENT = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, UsageError)
KEPT_OF_OVERLONG = 64  # bytes: enough to be told from a line, too few to be one


class LineFollower:
    """Hands out the lines of a file up to its last newline; a torn tail waits for its end.

    Of a line beyond LONGEST_LINE only the beginning is handed out.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.offset = 0  # bytes that have been read
        self.number = 0  # lines that have been handed out
        self.tail = b""  # the beginning of a line whose end is not there yet
        self._overlong = b""  # what is kept of a line that was given up
        self._fault = self._told = ""

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
            whole, newline, self.tail = (self.tail + data).rpartition(b"\n")
            if newline:
                lines = whole.split(b"\n")
                if self._overlong:
                    lines[0], self._overlong = self._overlong, b""
                self.number += len(lines)
                return lines
            if len(self.tail) > LONGEST_LINE:
                self._overlong = self._overlong or self.tail[:KEPT_OF_OVERLONG]
                self.tail = b""

    def take_fault(self) -> str:
        """Why the file cannot be read, in a sentence; "" where it can, and once that was told."""
        news = self._fault if self._fault != self._told else ""
        self._told = self._fault
        return news

    def _read(self) -> bytes:
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                if os.fstat(descriptor).st_size < self.offset:
                    self._go_behind_the_end(descriptor)
                data = os.pread(descriptor, MOST_READ, self.offset)
            finally:
                os.close(descriptor)
        except FileNotFoundError:
            data = b""
        except OSError as error:
            self._fault = f"{self.path} cannot be read ({error.strerror})"
            return b""
        self._fault = ""
        self.offset += len(data)
        return data

    def _go_behind_the_end(self, descriptor: int) -> None:
        """The file was shortened by somebody: what is gone is gone, and nothing comes twice."""
        self.offset = self.number = 0
        self.tail = self._overlong = b""
        while data := os.pread(descriptor, MOST_READ, self.offset):
            self.offset += len(data)
            self.number += data.count(b"\n")


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
    def place(self) -> tuple[int, int]:
        """Where the last line that was handed out ends, in bytes, and its number."""
        return self._lines.offset - len(self._lines.tail), self._lines.number

    def go_to(self, offset: int, number: int) -> None:
        """Follow from there: a place that another follower of this file had."""
        self._lines.offset, self._lines.number = offset, number

    def poll(self) -> list[AnyEvent]:
        """The next events; empty when there is none as yet. Call again for more."""
        while lines := self._lines.lines():
            first = self._lines.number - len(lines) + 1
            if events := _sound(lines) or self._one_by_one(lines, first):
                return events
        fault = self._lines.take_fault()
        return [Warned(message=fault)] if fault else []

    def rest(self) -> Iterator[AnyEvent]:
        """All that there is by now, an event at a time."""
        while events := self.poll():
            yield from events

    def _one_by_one(self, lines: list[bytes], first: int) -> list[AnyEvent]:
        found = [self._event(line, number) for number, line in enumerate(lines, first)]
        return [event for event in found if event is not None]

    def _event(self, line: bytes, number: int) -> AnyEvent | None:
        if not line:
            return None
        try:
            event = decode(line)
            if isinstance(event, RunStarted) and event.format != FORMAT:
                return _of_another_format(self._lines.path.name, event.format)
            _check(event)
        except NO_EVENT:
            name = self._lines.path.name
            return Warned(message=f"line {number:,} of {name} is damaged and was skipped")
        return event


@dataclass
class Skipped:
    """What a follower's own warnings say that it could not read: the first, and how many."""

    first: str = ""
    count: int = 0

    def take(self, event: AnyEvent) -> bool:
        """Count the event if it is such a warning, and tell whether it is."""
        if not isinstance(event, Warned) or event.time:  # the run's have a time
            return False
        self.first = self.first or event.message
        self.count += 1
        return True

    @property
    def sentence(self) -> str:
        """For people; "" where nothing was skipped."""
        return self.first + (f", and {self.count - 1:,} more" if self.count > 1 else "")


def _sound(lines: list[bytes]) -> list[AnyEvent]:
    """The events of lines that all are sound, which is the rule; else nothing."""
    try:
        # An empty line is no event, and would make up for one that holds two.
        events = decode_all(lines) if all(lines) else []
        for event in events:
            if isinstance(event, RunStarted) and event.format != FORMAT:
                return []
            _check(event)
    except NO_EVENT:
        return []
    # A damaged line that holds two events, or a half of one, must not go unnoticed.
    return events if len(events) == len(lines) else []


def _of_another_format(name: str, found: str) -> Warned:
    return Warned(
        message=f"{name} has format {found[:40]!r}, but this program reads {FORMAT}; "
        "a newer gru-tui may read it"
    )


def _check(event: AnyEvent) -> None:
    """Raise HyperparameterError for a value of another type than its hyperparameter's."""
    # Of all events only these two hold values whose types their records do not know.
    if isinstance(event, RunStarted):
        for name, value in event.hyperparameters.items():
            if field(name).parse(value) != value:
                raise HyperparameterError(name, f"{name} is {value!r}")
    elif isinstance(event, HyperparametersChanged):
        for name, values in event.changed.items():
            known = field(name)
            if [known.parse(value) for value in values] != values or len(values) != 2:
                raise HyperparameterError(name, f"{name} has not an old value and a new one")

"""What comes from the terminal: keys are keys, and what is pasted is text, whatever it holds.

Textual 8.2.8 looks for escape sequences inside a bracketed paste, too: pasted text with ESC in it
presses keys, moves focus and reports sizes. A byte that is not UTF-8 ends its input thread. And
Escape with a digit close behind it, as a slow line delivers them, would write a ™ or a £.
"""

import codecs
import sys
from collections.abc import Iterable
from functools import partial

from textual import constants
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._time import get_time
from textual._xterm_parser import XTermParser
from textual.driver import Driver
from textual.events import Key, Paste
from textual.message import Message

ESC = "\x1b"
START, END = "\x1b[200~", "\x1b[201~"  # around a paste; a terminal takes END out of its text


class CarefulParser(XTermParser):
    """Takes pastes out of what Textual's parser gets to see."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._pasted: str | None = None  # of a paste whose end has not come yet
        self._held, self._held_since = "", 0.0  # perhaps the beginning of START

    def feed(self, data: str) -> Iterable[Message]:
        """The events of the next characters; "" ends the input."""
        if not data:
            yield from super().feed("")
            return
        data, self._held = self._held + data, ""
        while data:
            if self._pasted is None:
                typed, start, data = data.partition(START)
                if start:
                    self._pasted = ""
                else:
                    typed = self._holding(typed)
                if typed:
                    yield from super().feed(typed)
            else:
                known = max(0, len(self._pasted) - len(END) + 1)
                self._pasted += data
                end = self._pasted.find(END, known)
                if end < 0:
                    return
                text, data = self._pasted[:end], self._pasted[end + len(END) :]
                self._pasted = None
                yield Paste(text)

    def tick(self) -> Iterable[Message]:
        """What has waited for more in vain: ESC alone is a key."""
        if self._held and get_time() - self._held_since >= constants.ESCAPE_DELAY:
            held, self._held = self._held, ""
            yield from super().feed(held)
            self._timeout_time = 0.0  # it has waited here already
        yield from super().tick()

    def _holding(self, typed: str) -> str:
        """`typed` without an end that may become START."""
        for length in range(min(len(START) - 1, len(typed)), 0, -1):
            if typed.endswith(START[:length]):
                self._held, self._held_since = typed[-length:], get_time()
                return typed[:-length]
        return typed

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[Key]:
        is_character = isinstance(ANSI_SEQUENCES_KEYS.get(sequence), str)
        if len(sequence) == 2 and sequence[0] == ESC and is_character:
            yield Key("escape", ESC)
            sequence = sequence[1]
        yield from super()._sequence_to_key_events(sequence, alt)


def _lenient(encoding: str) -> partial[codecs.IncrementalDecoder]:
    return partial(codecs.getincrementaldecoder(encoding), errors="replace")


def reads_with_care(driver: type[Driver]) -> type[Driver]:
    """`driver`, with this parser; a byte that is no UTF-8 becomes U+FFFD."""
    # No driver can be told which parser to use: each finds it among the names of its module.
    names = vars(sys.modules[driver.__module__])
    for name, careful in (("XTermParser", CarefulParser), ("getincrementaldecoder", _lenient)):
        if name in names:
            names[name] = careful
    return driver

"""What comes from the terminal: keys are keys, and what is pasted is text, whatever it holds.

Textual 8.2.8 looks for escape sequences inside a bracketed paste, too: pasted text with ESC in it
presses keys, moves focus and reports sizes. A byte that is not UTF-8 ends its input thread. And
Escape with a character close behind it, as a slow line delivers them, is Alt and the character
for it, or a ™: a field would take the one and lose the other.
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

from gru_tui.actions import SCOPES, actions

ESC = "\x1b"
INTRODUCERS = "[]NOPX^_\\"  # with ESC before them they begin a sequence, or end one
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
        if self._is_two_keys(sequence):
            yield Key("escape", ESC)
            sequence = sequence[1]
        yield from super()._sequence_to_key_events(sequence, alt)

    def _is_two_keys(self, sequence: str) -> bool:
        """Whether it is Escape and a character, which as one key have no meaning here."""
        esc, character = sequence[:1], sequence[1:]
        if esc != ESC or len(character) != 1 or not character.isprintable():
            return False
        if character in INTRODUCERS or isinstance(ANSI_SEQUENCES_KEYS.get(sequence), tuple):
            return False
        together = [key.key for key in super()._sequence_to_key_events(character, alt=True)]
        wanted = {key for row in actions(*SCOPES) for key in row.keys if key.startswith("alt+")}
        return wanted.isdisjoint(together)


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

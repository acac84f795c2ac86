"""How the app ends when no key asks for it: signals, and a terminal that is gone.

It is asked to end in order. If it cannot within a moment (it may be stuck writing to a terminal
that takes nothing any more), the terminal is put back from here and the process ends.
"""

import contextlib
import os
import select
import signal
import sys
import termios
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

MOMENT = 1.2  # seconds for an orderly end
AFTER_HANG_UP = 0.6  # seconds, where nobody sees it any more
WRITING = 0.2  # seconds that a terminal gets to take the last few bytes
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
RESET = (  # whatever the app may have switched on: paste marks, mouse, focus, keys, no wrapping
    b"\x1b[?2004l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l\x1b[?2048l\x1b[?1004l"
    b"\x1b[?2026l\x1b[<u\x1b[?7h\x1b[?1049l\x1b[?25h\x1b[0m"
)


class Leaving:
    """`end` is called with the number of the signal, in the main thread or in another."""

    def __init__(self, end: Callable[[int], None]) -> None:
        self._end = end
        self._modes: list[Any] | None = None
        self._asked = False

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """While in here, signals and the end of the terminal end the app."""
        with contextlib.suppress(termios.error):
            self._modes = termios.tcgetattr(0)
        before = [signal.signal(number, self._hear) for number in SIGNALS]
        if sys.platform == "linux":  # elsewhere poll may not know terminals; SIGHUP comes anyway
            threading.Thread(target=self._await_hang_up, daemon=True).start()
        try:
            yield
        finally:
            for number, handler in zip(SIGNALS, before, strict=True):
                signal.signal(number, handler)

    def _hear(self, number: int, _: FrameType | None) -> None:
        self._leave(number)

    def _await_hang_up(self) -> None:
        if _is_hung_up(timeout=None):
            self._leave(signal.SIGHUP)

    def _leave(self, number: int) -> None:
        gone = sys.platform == "linux" and _is_hung_up(timeout=0)
        if gone:
            _let_go_of_the_terminal()
        if not self._asked:
            self._asked = True
            last = threading.Timer(AFTER_HANG_UP if gone else MOMENT, self._end_at_once, (number,))
            last.daemon = True
            last.start()
            self._end(number)

    def _end_at_once(self, number: int) -> None:
        writing = threading.Thread(target=self._put_back, daemon=True)
        writing.start()
        writing.join(WRITING)
        os._exit(128 + number)

    def _put_back(self) -> None:
        if self._modes is not None:
            with contextlib.suppress(termios.error):
                termios.tcsetattr(0, termios.TCSANOW, self._modes)
        with contextlib.suppress(OSError):
            os.write(2, RESET)


def _is_hung_up(timeout: float | None) -> bool:
    poll = select.poll()
    poll.register(0, 0)  # no bytes are waited for: only the end of the terminal is told
    return any(
        event & (select.POLLHUP | select.POLLERR | select.POLLNVAL)
        for _, event in poll.poll(timeout)
    )


def _let_go_of_the_terminal() -> None:
    """Put silence in its place: whoever reads waits in peace, whoever writes is not disturbed.

    A terminal that is gone has always "something to read", namely its end, so that a thread
    which waits for keys would spin.
    """
    reading, _ = os.pipe()  # the writing end stays open as long as the process lives
    nothing = os.open(os.devnull, os.O_WRONLY)
    for ours, theirs in ((reading, 0), (nothing, 1), (nothing, 2)):
        os.dup2(ours, theirs)

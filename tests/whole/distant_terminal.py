"""A terminal at the far end of a line: bytes come slowly and late, keys and answers go late."""

import contextlib
import time
from collections import deque
from pathlib import Path

import pexpect

from tests.whole.terminal import Terminal

LEAVES = b"\x1b[?1049l"
SPEED, DELAY = 8_000, 0.2  # bytes a second; seconds each way


class DistantTerminal(Terminal):
    """Answers what it is asked. What the line cannot carry yet stays in the pseudo-terminal."""

    def __init__(self, home: Path, *, speed: float = SPEED, delay: float = DELAY) -> None:
        self._speed, self._delay = speed, delay
        self._coming: deque[tuple[float, bytes]] = deque()
        self._going: deque[tuple[float, str]] = deque()
        self._read_at = time.monotonic()
        self.unanswered = 0
        """Questions and answers on their way when the program gave the terminal back."""
        super().__init__(home)
        self._screen.write_process_input = self.press

    def press(self, *keys: str) -> None:
        """They arrive later."""
        self._going.extend((time.monotonic() + self._delay, key) for key in keys)

    def _take(self) -> bool:
        """What the line has carried since the last time."""
        now = time.monotonic()
        while self._going and self._going[0][0] <= now:
            with contextlib.suppress(OSError):
                self.child.send(self._going.popleft()[1])
        while self._coming and self._coming[0][0] <= now:
            data = self._coming.popleft()[1]
            self.raw += data
            self._stream.feed(data)
        try:
            data = self.child.read_nonblocking(
                max(1, int((now - self._read_at) * self._speed)), timeout=0.01
            )
        except pexpect.TIMEOUT:
            data = b""
        except pexpect.EOF:
            return bool(self._coming)
        self._read_at = now
        if data:
            self._coming.append((now + self._delay, data))
        if LEAVES in data:
            asked = sum(piece.count(b"\x1b[6n") for _, piece in self._coming)
            self.unanswered = asked + len(self._going)
        return True

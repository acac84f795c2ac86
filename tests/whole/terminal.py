"""The app behind a pseudo-terminal, and what a person sees of it."""

import contextlib
import os
import signal
import sys
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pexpect
import pyte

CHECKOUT = Path(__file__).resolve().parents[2]
COLUMNS, LINES = 120, 40
PATIENCE = 30.0  # seconds; the machine may be busy with other tests
MODES = {  # what the program changes about a terminal, and how it puts it back
    "alternate screen": (b"\x1b[?1049h", b"\x1b[?1049l"),
    "cursor": (b"\x1b[?25l", b"\x1b[?25h"),
    "mouse": (b"\x1b[?1000h", b"\x1b[?1000l"),
    "mouse movements": (b"\x1b[?1003h", b"\x1b[?1003l"),
    "mouse in decimals": (b"\x1b[?1006h", b"\x1b[?1006l"),
    "bracketed paste": (b"\x1b[?2004h", b"\x1b[?2004l"),
    "focus": (b"\x1b[?1004h", b"\x1b[?1004l"),
    "line wrap": (b"\x1b[?7l", b"\x1b[?7h"),
}


class Terminal:
    """A program behind a pseudo-terminal; by default `python -m gru_tui`."""

    def __init__(
        self,
        home: Path,
        arguments: Sequence[str] = ("-m", "gru_tui"),
        *,
        command: str = sys.executable,
        size: tuple[int, int] = (LINES, COLUMNS),
        draws: bool = True,
        **variables: str,
    ) -> None:
        """`draws`: keep the screen as a terminal would; without it only the bytes are kept."""
        self.raw = b""
        self._draws = draws
        self._screen = pyte.Screen(size[1], size[0])
        self._stream = pyte.ByteStream(self._screen)
        sized = {"COLUMNS", "LINES"}  # these would take the place of the terminal's own size
        environment = {
            **{name: value for name, value in os.environ.items() if name not in sized},
            "GRU_TUI_HOME": str(home),
            "PYTHONPATH": str(CHECKOUT),
            "TERM": "xterm-256color",
            **variables,
        }
        self.child = pexpect.spawn(
            command,
            list(arguments),
            env=environment,
            cwd=str(home.parent),
            dimensions=size,
        )
        self.modes = termios.tcgetattr(self.child.child_fd)
        self.modes_at_the_end: list[object] = []

    @property
    def shown(self) -> str:
        return "\n".join(self._screen.display)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.child.send(key)

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Take what the program writes until `condition` holds."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"waited in vain until {what}; shown is\n{self.shown}")
            self._take()

    def until_shown(self, *words: str) -> None:
        self.until(lambda: all(word in self.shown for word in words), f"{words} are shown")

    def end(self) -> None:
        """Take the rest; the program must end by itself."""
        self.until(lambda: not self._take(), "the program has ended")
        with contextlib.suppress(termios.error):
            self.modes_at_the_end = termios.tcgetattr(self.child.child_fd)
        self.child.close()

    def assert_given_back(self) -> None:
        """After the end: everything that the program has switched is as it was before."""
        for name, (changed, restored) in MODES.items():
            assert self.raw.rfind(restored) >= self.raw.rfind(changed), name
        assert self.modes_at_the_end == self.modes

    def kill(self) -> None:
        """For the end of a test that has failed."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.child.pid, signal.SIGKILL)
        self.child.close()

    def _take(self) -> bool:
        """Whether there may be more."""
        try:
            data = self.child.read_nonblocking(65_536, timeout=0.05)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += data
        if self._draws:
            self._stream.feed(data)
        return True

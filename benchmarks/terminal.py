"""The app on a real pseudo-terminal: what it draws, when, and in how many bytes.

A line may stand between: so many bytes a second, and a delay each way. What the line cannot
carry stays in the pseudo-terminal, whose buffer holds several frames. The terminal stands at
the far end: what it is asked it answers there, and the answer has the way back before it.
"""

import contextlib
import fcntl
import os
import pty
import queue
import select
import signal
import struct
import termios
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyte

PIECE = 65_536
SMALL_PIECE = 128  # bytes at a time on a slow line
PATIENCE = 60.0  # seconds


@dataclass(frozen=True)
class Line:
    """What lies between program and person. 0 bytes a second: no limit."""

    bytes_per_second: float = 0.0
    delay: float = 0.0  # seconds, each way


class Terminal:
    """A program behind a pseudo-terminal; a thread takes what it writes."""

    def __init__(
        self,
        argv: Sequence[str],
        environment: dict[str, str],
        *,
        columns: int = 120,
        rows: int = 40,
        line: Line | None = None,
    ) -> None:
        self.line = line or Line()
        self.received = 0  # bytes
        self._screen = pyte.Screen(columns, rows)
        self._screen.write_process_input = self._send_through  # what it answers when asked
        self._stream = pyte.ByteStream(self._screen)
        self._lock = threading.Condition()
        self._arrived = 0.0  # when the last piece that is on the screen came
        self._pieces: queue.Queue[tuple[float, bytes]] = queue.Queue()
        self._inputs: queue.Queue[tuple[float, str]] = queue.Queue()
        self.started = time.perf_counter()
        self.pid, self._descriptor = pty.fork()
        if self.pid == 0:
            os.execvpe(argv[0], list(argv), environment | {"TERM": "xterm-256color"})
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self._descriptor, termios.TIOCSWINSZ, size)
        for work in (self._read, self._show, self._type):
            threading.Thread(target=work, daemon=True).start()

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        os.kill(self.pid, signal.SIGKILL)  # a run that it follows does not mind
        os.waitpid(self.pid, 0)

    def _read(self) -> None:
        slow = self.line.bytes_per_second
        free_at = time.perf_counter()  # when the line has carried what it was given
        while True:
            try:
                select.select([self._descriptor], [], [])
                data = os.read(self._descriptor, SMALL_PIECE if slow else PIECE)
            except OSError:
                return
            if not data:
                return
            now = time.perf_counter()
            if slow:
                free_at = max(now, free_at) + len(data) / slow
                time.sleep(max(0.0, free_at - now))
                now = time.perf_counter()
            self.received += len(data)
            self._pieces.put((now + self.line.delay, data))

    def _show(self) -> None:
        while True:
            due, data = self._pieces.get()
            time.sleep(max(0.0, due - time.perf_counter()))
            with self._lock:
                self._stream.feed(data)
                self._arrived = due
                self._lock.notify_all()

    @property
    def shown(self) -> str:
        """The screen as it is now."""
        with self._lock:
            return "\n".join(self._screen.display)

    def press(self, keys: str) -> float:
        """Send keys; the time at which they were pressed."""
        pressed = time.perf_counter()
        self._send_through(keys)
        return pressed

    def _send_through(self, data: str) -> None:
        if self.line.delay:
            self._inputs.put((time.perf_counter() + self.line.delay, data))
        else:
            self._send(data)

    def _type(self) -> None:
        while True:
            due, data = self._inputs.get()
            time.sleep(max(0.0, due - time.perf_counter()))
            self._send(data)

    def _send(self, data: str) -> None:
        with contextlib.suppress(OSError):  # the program has ended
            os.write(self._descriptor, data.encode())

    def until(self, condition: Callable[[str], object], what: str) -> float:
        """The time at which the piece came that made the screen so. Raises TimeoutError."""
        deadline = time.perf_counter() + PATIENCE
        with self._lock:
            while not condition("\n".join(self._screen.display)):
                if not self._lock.wait(timeout=max(0.0, deadline - time.perf_counter())):
                    shown = "\n".join(self._screen.display)
                    raise TimeoutError(f"waited in vain until {what}; shown is\n{shown}")
            return self._arrived

    @property
    def memory(self) -> int:
        """Bytes of the program that are in memory."""
        with open(f"/proc/{self.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

"""The trainer's messenger: starts the command that the user has configured for such notices.

No shell reads the message: it is the command's last word, and in its environment as
GRU_TUI_RUN, GRU_TUI_EVENT and GRU_TUI_MESSAGE. What goes wrong is a warning of the run.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence

from engine.events import Event, Warned
from gru_tui.configuration import ConfigurationError, read
from gru_tui.runs.notices import Notice, Notices, cleaned

LIMIT = 10.0  # seconds that a command may take
LOOK = 0.02
MOST = 4  # commands at the same time: a run that diverges again and again must not flood anybody


class Notifier:
    """Hears the events of one run. `record` writes an event down."""

    def __init__(
        self,
        run_id: str,
        notices: Notices,
        record: Callable[[Event], None],
        limit: float = LIMIT,
    ) -> None:
        self._run_id = run_id
        self._notices = notices
        self._record = record
        self._limit = limit
        self._running: list[tuple[subprocess.Popen[bytes], float]] = []
        self._faults: set[str] = set()

    def hear(self, event: Event) -> None:
        """One more event."""
        if isinstance(event, Warned):
            return
        notice = self._notices.take(event)
        if notice is not None:
            self._notify(notice)
        elif self._running:
            self._look_after_them()

    def close(self) -> None:
        """Wait for what still runs, no longer than its limit."""
        while self._running:
            self._look_after_them()
            time.sleep(LOOK)

    def _notify(self, notice: Notice) -> None:
        try:
            command = read().command
        except ConfigurationError as error:
            self._warn(f"nobody was notified: {error}")
            return
        if command and len(self._running) < MOST:
            self._start(command, notice)

    def _start(self, command: Sequence[str], notice: Notice) -> None:
        environment = {
            **os.environ,
            "GRU_TUI_RUN": self._run_id,
            "GRU_TUI_EVENT": notice.kind,
            "GRU_TUI_MESSAGE": notice.message,
        }
        try:
            process = subprocess.Popen(
                [*command, notice.message],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=environment,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            self._warn(f"the notification {command[0]!r} could not be started ({reason})")
        else:
            self._running.append((process, time.monotonic() + self._limit))

    def _look_after_them(self) -> None:
        left = []
        for process, deadline in self._running:
            name = str(process.args[0]) if isinstance(process.args, list) else ""
            status = process.poll()
            if status is None and time.monotonic() < deadline:
                left.append((process, deadline))
            elif status is None:
                _kill(process)
                self._warn(f"the notification {name!r} took more than {self._limit:g} seconds")
            elif status:
                self._warn(f"the notification {name!r} failed with exit status {status}")
        self._running = left

    def _warn(self, message: str) -> None:
        """Once for each thing that can go wrong."""
        if message not in self._faults:
            self._faults.add(message)
            self._record(Warned(message=cleaned(message)))


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill it, and what it has started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        process.kill()
    process.wait()

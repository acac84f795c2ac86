"""A sweep over learning rates in a process of its own, so that the screen stays alive."""

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from corpora.errors import ReportedError
from gru_tui import child

PATIENCE = 5.0  # seconds for the process to end once it was asked to


class RateProcess:
    """`gru-tui find-rate`, read line by line. `stop` may be called from any thread."""

    def __init__(self, words: Sequence[str], data_dir: Path) -> None:
        """`words` come behind `gru-tui find-rate`. Raises ReportedError."""
        self.suggestion: float | None = None
        self._stopped = False
        try:
            self._process = subprocess.Popen(
                child.argv("gru_tui", "--data-dir", str(data_dir), "find-rate", "--json", *words),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=child.environment(),
                start_new_session=True,
                text=True,
            )
        except OSError as error:
            raise ReportedError(f"the sweep cannot be started ({error.strerror})") from error

    def points(self) -> Iterator[tuple[float, float, float]]:
        """Rate, loss and smoothed loss, as they come. Raises ReportedError."""
        process = self._process
        assert process.stdout is not None
        assert process.stderr is not None
        with process.stdout, process.stderr:
            for line in process.stdout:
                values = json.loads(line)
                if "suggestion" in values:
                    self.suggestion = values["suggestion"]
                else:
                    yield values["learning_rate"], values["loss"], values["smoothed"]
            complaint = process.stderr.read().strip()
        if process.wait() and not self._stopped:
            last = complaint.rpartition("\n")[2].removeprefix("gru-tui: ")
            raise ReportedError(last or f"the sweep ended with status {process.returncode}")

    def stop(self) -> None:
        """End it, and the processes that share its work. Nothing happens where it has ended."""
        self._stopped = True
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(PATIENCE)

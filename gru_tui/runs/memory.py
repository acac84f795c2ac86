"""How much memory a trainer and its workers hold together."""

import os
import resource
import sys
import time
from pathlib import Path

EVERY = 5.0  # seconds: adding up the pages of a large model takes a few milliseconds


class Meter:
    """Bytes held by this process and its children, measured now and then."""

    def __init__(self) -> None:
        self._read_at = float("-inf")
        self._bytes = 0

    def read(self) -> int:
        """The newest figure; pages that processes share count once."""
        if time.monotonic() - self._read_at > EVERY:
            self._read_at = time.monotonic()
            self._bytes = _held()
        return self._bytes


def _held() -> int:
    try:
        children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        return sum(_proportional(process) for process in ["self", *children])
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def _proportional(process: str) -> int:
    """Linux's proportional set size: a page shared by two processes is half of each."""
    for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0

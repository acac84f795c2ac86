"""The lock that a trainer holds for as long as it lives: the kernel says whether a run is alive."""

import fcntl
import os
from pathlib import Path

from filelock import FileLock, Timeout

from corpora.errors import ReportedError

FILE = "trainer.lock"
PATIENCE = 2.0  # seconds: whoever looks whether the lock is held holds a part of it for a moment


def take(folder: Path) -> FileLock:
    """The run's lock, held until the process and its workers are gone.

    Raises ReportedError when another trainer has it.
    """
    lock = FileLock(folder / FILE, timeout=PATIENCE, poll_interval=0.01, mode=0o600)
    try:
        lock.acquire()
    except Timeout as error:
        raise ReportedError(
            f"run {folder.name} is being trained by another process already"
        ) from error
    return lock


def is_held(folder: Path) -> bool:
    """Whether a trainer lives. Those who look share the lock, so they never see one another."""
    try:
        descriptor = os.open(folder / FILE, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False

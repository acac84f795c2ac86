"""The lock that a trainer holds for as long as it lives: the kernel says whether a run is alive."""

import errno
import fcntl
import os
import time
from pathlib import Path

from filelock import FileLock, Timeout

from corpora.errors import ReportedError

FILE = "trainer.lock"
PATIENCE = 10.0  # seconds: whoever looks whether the lock is held holds a part of it for a moment
LOOK = 0.002
LACKING = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL}  # no locks there at all


def take(folder: Path) -> FileLock:
    """The run's lock, held until it is released or the process has ended.

    Raises ReportedError when another trainer has it, or where it cannot be had.
    """
    if not folder.is_dir():  # which FileLock would make
        raise ReportedError(f"{folder} is gone; there is nothing to train")
    lock = FileLock(folder / FILE, timeout=0, mode=0o600)
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            lock.acquire()
        except Timeout as error:
            # Held by a trainer, which does not share it, or by people who only look?
            if is_held(folder) or time.monotonic() > deadline:
                raise ReportedError(
                    f"run {folder.name} is being trained by another process already"
                ) from error
            time.sleep(LOOK)
        except OSError as error:
            raise _unlockable(folder, error) from error
        else:
            break
    try:
        is_held(folder)  # FileLock makes do where there are no locks, and others see nothing of it
    except ReportedError:
        lock.release()
        raise
    return lock


def is_held(folder: Path) -> bool:
    """Whether a trainer lives, or may live: who does not see that takes it for alive, so that
    nobody is told of a death, or trains or deletes beside it, while a file system does not answer.

    Those who look share the lock, so they never see one another. Raises ReportedError where the
    file system has no locks.
    """
    try:
        descriptor = os.open(folder / FILE, os.O_RDONLY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):  # never trained, or gone
        return False
    except PermissionError:  # somebody else's, which `take` refuses, too, and says why
        return False
    except OSError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError as error:
        if error.errno in LACKING:
            raise _unlockable(folder, error) from error
        return True
    finally:
        os.close(descriptor)
    return False


def _unlockable(folder: Path, error: OSError) -> ReportedError:
    return ReportedError(
        f"{folder / FILE} cannot be locked ({error.strerror or error}), without which nobody knows "
        "whether the run is being trained; where its file system has no locks, choose another data "
        "directory with --data-dir"
    )


class Claim:
    """What makes a trainer the only one: the file that it has locked is still the run's.

    Who removes that file, or puts a copy of the directory in its place, lets another trainer begin.
    """

    def __init__(self, folder: Path) -> None:
        """Right after the lock was taken."""
        self._folder, self._path = folder, str(folder / FILE)  # asked for before each step
        self._file = self._found()

    def fault(self) -> str:
        """Why the run is not this process's any more; "" while it is."""
        try:
            found = self._found()
            if found == self._file and (found or self._folder.exists()):
                return ""
        except OSError:  # a network file system that does not answer just now
            return ""
        if not self._folder.exists():
            return f"its directory {self._folder} was moved or removed"
        return f"{self._path} was removed or replaced while it trained"

    def is_anothers(self) -> bool:
        """Whether another trainer has the run by now."""
        return bool(self.fault()) and is_held(self._folder)

    def _found(self) -> tuple[int, int] | None:
        try:
            status = os.stat(self._path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        return status.st_dev, status.st_ino

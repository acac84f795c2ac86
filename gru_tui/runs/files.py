"""Files of lines that only grow, and what killed writers leave behind."""

import contextlib
import os
import shutil
from pathlib import Path

from corpora.whole_file import PARTIAL

LINK = ".link-"  # how the names of folders begin in which a second name is made
NEWLINE = b"\n"


def sweep(folder: Path) -> None:
    """Remove what a writer of checkpoints that was killed left half-written, and nothing else.

    Only for whoever is sure that nobody writes there now.
    """
    for path in folder.glob(".*"):
        if path.name.startswith(LINK) and path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name.endswith(PARTIAL):
            with contextlib.suppress(OSError):
                path.unlink()


class LineFile:
    """Appends whole lines; one that cannot be written now (a full disk) is kept until it can.

    A torn last line, from a writer that was killed, is closed first, so that no two lines fuse.
    """

    def __init__(self, path: Path) -> None:
        """Open for appending. Raises OSError, also for a link, which may lead anywhere."""
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        self._path = path
        self._descriptor = os.open(path, flags, 0o600)
        size = os.fstat(self._descriptor).st_size
        torn = size and os.pread(self._descriptor, 1, size - 1) != NEWLINE
        self._waiting = NEWLINE if torn else b""

    def append(self, line: bytes) -> None:
        """Write `line`, which ends in a newline. Raises OSError; the line is kept then."""
        self._waiting += line
        self.flush()

    def flush(self) -> None:
        """Write what is still waiting. Raises OSError."""
        while self._waiting:
            written = os.write(self._descriptor, self._waiting)
            self._waiting = self._waiting[written:]

    def touch(self) -> None:
        """Let the file's time of change say that its writer lives. Raises OSError."""
        os.utime(self._descriptor)

    def is_elsewhere(self) -> bool:
        """Whether somebody has removed it or put another file in its place, as an editor does."""
        try:
            own, found = os.fstat(self._descriptor), os.lstat(self._path)
            # Some network file systems give a file another number at times, but no other length.
            return not os.path.samestat(own, found) and own.st_size != found.st_size
        except FileNotFoundError:
            return True
        except OSError:  # a network file system that does not answer just now
            return False

    def close(self) -> None:
        """Let go of the file; what could not be written is lost."""
        os.close(self._descriptor)

"""Small files that are whole or absent, and files of lines that only grow."""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

NEWLINE = b"\n"


def write_whole(path: Path, data: bytes) -> None:
    """Put `data` at `path` such that a crash leaves the old file or the new one. Raises OSError."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    make_durable(path.parent)


def make_durable(path: Path) -> None:
    """Return when what is at `path`, a file or a folder, survives a power cut. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sweep(folder: Path) -> None:
    """Remove what a writer that was killed left half-written: hidden files and folders.

    Only for who is sure that nobody writes there now.
    """
    for path in folder.glob(".*"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                path.unlink()


class LineFile:
    """Appends whole lines; one that cannot be written now (a full disk) is kept until it can.

    A torn last line, from a writer that was killed, is closed first, so that no two lines fuse.
    """

    def __init__(self, path: Path) -> None:
        """Open for appending. Raises OSError."""
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
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

    def close(self) -> None:
        """Let go of the file; what could not be written is lost."""
        os.close(self._descriptor)

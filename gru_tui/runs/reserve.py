"""Room on the disk that a run holds while it trains, to tell that the disk is full."""

import contextlib
import os
from pathlib import Path

FILE = ".reserve"
SIZE = 1 << 14  # bytes: some dozens of lines


class Reserve:
    """A file of no meaning beside the events: without it, their last lines have its room."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def take(self) -> bool:
        """Hold the room; whether there was any."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            with open(self._path, "wb", opener=lambda path, _: os.open(path, flags, 0o600)) as file:
                if os.fstat(file.fileno()).st_size < SIZE:
                    file.write(os.urandom(SIZE))  # nothing that a file system could store shorter
        except OSError:
            self.give()
            return False
        return True

    def give(self) -> None:
        """Let others have the room."""
        with contextlib.suppress(OSError):
            self._path.unlink()

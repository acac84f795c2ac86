"""Files that are whole or absent: written beside their place, then renamed to it."""

import contextlib
import errno
import fcntl
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

PARTIAL = ".partial"  # how the name of a file ends that is not whole yet
LONGEST_PREFIX = 40  # characters of the name that is meant; a file's name has 255 bytes at most


@contextlib.contextmanager
def written(path: Path, *, beside: Path | None = None, durable: bool = True) -> Iterator[IO[bytes]]:
    """A file that takes the place of `path` when the block ends; nothing is left if it fails.

    Only its owner may read it. `beside` is where it grows, for whoever is the only writer there;
    a link of that name is never followed. `durable`: the block's end returns when a power cut
    would leave the new file; the old one or the new one it leaves in any case. Raises OSError.
    """
    descriptor, temporary = _opened(path, beside)
    try:
        with open(descriptor, "w+b") as file:
            yield file
            file.flush()
            if durable:
                os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    if durable:
        make_durable(path.parent)


def write_whole(path: Path, data: bytes) -> None:
    """Put `data` at `path` such that a crash leaves the old file or the new one. Raises OSError."""
    with written(path) as file:
        file.write(data)


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Locks `folder` for whoever reads a file in it to write it anew; others of them wait.

    Without effect where the file system has no locks. Raises OSError where there is no folder.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def make_private(folder: Path) -> None:
    """Make a folder, and those above it that lack, such that only their owner may enter.

    Raises OSError.
    """
    lacking = []
    for path in (folder, *folder.parents):
        if path.exists():
            break
        lacking.append(path)
    for path in reversed(lacking):
        path.mkdir(mode=0o700, exist_ok=True)  # which leaves the modes of parents to the umask
    folder.mkdir(exist_ok=True)  # raises where it is no folder


def make_durable(path: Path) -> None:
    """Return when what is at `path`, a file or a folder, survives a power cut. Raises OSError.

    Some file systems (vboxsf, 9p, older SMB) know no fsync of a folder and answer EINVAL: there,
    their server keeps its folders as it likes, and nobody can do more.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL or not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise
    finally:
        os.close(descriptor)


def _opened(path: Path, beside: Path | None) -> tuple[int, Path]:
    if beside is None:
        prefix = f".{path.name[:LONGEST_PREFIX]}."
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=prefix, suffix=PARTIAL)
        return descriptor, Path(name)
    with contextlib.suppress(FileNotFoundError):
        beside.unlink()  # of a writer that was killed
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    return os.open(beside, flags, 0o600), beside

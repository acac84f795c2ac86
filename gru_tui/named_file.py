"""A file that a person named: written whole or not at all. Call it off the UI.

Unlike the files of a run it is no secret, and it takes another's place only when told to. A pipe
or a device is written into: nothing takes its place.
"""

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from corpora.errors import ReportedError, UsageError
from corpora.whole_file import LONGEST_PREFIX, PARTIAL
from gru_tui.whereabouts import here


class FileStandsError(ReportedError):
    """There is a file of that name already, and nobody has said that it may go."""


def meant(text: str) -> Path:
    """The path that was typed; a relative one starts here, even where "here" is gone by now.

    Raises RuntimeError for the home of somebody who has none.
    """
    return here() / Path(text.strip()).expanduser()


def fault(text: str) -> str:
    """What keeps a file from being written at the path that was typed, as a sentence; or "".

    A few looks at the disk, so that a prompt may ask at every key. Nothing is written: what only
    a write can tell, `whole` raises.
    """
    name = text.strip()
    if not name:
        return "Name a file."
    try:
        return _fault(meant(name))
    except RuntimeError:
        user = name.partition("/")[0].removeprefix("~")
        return f"There is no user {user}." if user else "There is no home folder behind the ~."
    except (OSError, ValueError) as error:
        return f"{name} cannot be written: {getattr(error, 'strerror', None) or error}."


def _fault(path: Path) -> str:
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        path.lstat()  # raises for a name that no file can have
    folder = path.parent
    if path.is_dir():
        return f"{path} is a folder; add the name of a file."
    if not folder.exists():
        return f"There is no folder {folder}."
    if not folder.is_dir():
        return f"{folder} is a file, not a folder."
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"You may not write into the folder {folder}."
    return ""


def write_text(path: Path, text: str, *, overwrite: bool = False) -> None:
    """Write `text` as UTF-8. Raises as `whole`."""
    write_bytes(path, text.encode(errors="replace"), overwrite=overwrite)


def write_bytes(path: Path, content: bytes, *, overwrite: bool = False) -> None:
    """The same for any file."""
    with whole(path, overwrite=overwrite) as file:
        file.write(content)


@contextlib.contextmanager
def whole(path: Path, *, overwrite: bool = False) -> Iterator[IO[bytes]]:
    """A file that takes its name when the block ends; nothing is left there if it fails.

    Raises UsageError for a folder, FileStandsError, and ReportedError where it cannot be done.
    """
    try:
        if path.is_dir():
            raise UsageError(f"{path} is a folder; add the name of a file")
        if _is_a_way_out(path):
            with _into(path) as file:
                yield file
            return
        if not overwrite and os.path.lexists(path):
            raise FileStandsError(f"{path} exists already")
        prefix = f".{path.name[:LONGEST_PREFIX]}."
        with tempfile.NamedTemporaryFile(
            dir=path.parent, prefix=prefix, suffix=PARTIAL, delete=False
        ) as file:
            temporary = Path(file.name)
            try:
                yield file
                file.flush()
                os.fsync(file.fileno())
                _name(temporary, path, overwrite=overwrite)
            finally:
                temporary.unlink(missing_ok=True)
    except FileExistsError:
        raise FileStandsError(f"{path} exists already") from None
    except FileNotFoundError:
        folder = path.parent
        # A file system of the kernel's, as /proc, says so of every new name.
        why = f"{folder} takes no files" if folder.is_dir() else f"there is no folder {folder}"
        raise ReportedError(f"{path} cannot be written: {why}; choose another place") from None
    except (OSError, ValueError) as error:  # ValueError: no file can have that name
        reason = getattr(error, "strerror", None) or error
        if getattr(error, "errno", None) == errno.ENXIO:
            reason = "nobody reads from this pipe"
        raise ReportedError(f"{path} cannot be written: {reason}") from error


def _is_a_way_out(path: Path) -> bool:
    """Whether it is a pipe or a device, or a name of the program's own output (/dev/stdout)."""
    if not path.exists():
        return False
    return not path.is_file() or (path.is_symlink() and os.readlink(path).startswith("/proc/"))


def _into(path: Path) -> IO[bytes]:
    """What is there already, to be written into; a pipe that nobody reads is an error at once."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_NONBLOCK | os.O_NOCTTY)
    os.set_blocking(descriptor, True)
    return os.fdopen(descriptor, "wb")


def _name(temporary: Path, path: Path, *, overwrite: bool) -> None:
    if overwrite and path.is_file() and not path.is_symlink():
        shutil.copymode(path, temporary)
    else:
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)  # a temporary file is its owner's alone
    if overwrite:
        temporary.replace(path)  # of a link, too: what it leads to is nobody's to write over
        return
    try:
        os.link(temporary, path)  # unlike a rename, never takes another's place
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if path.exists():
            raise FileExistsError from None
        temporary.replace(path)

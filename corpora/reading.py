"""A path of the user's: what it leads to, its text if that is a file, and what is wrong with it."""

import os
import stat
import sys
from pathlib import Path

from corpora.corpus import Text
from corpora.decoding import DamagedTextError, Decoded, NotTextError, decode
from corpora.errors import CorpusError

# In one corpus that is held in memory while it is encoded: a folder, or a file that is no UTF-8.
# A large file of UTF-8 is gone through in pieces (`corpora.large`), and may be of any size.
MOST_BYTES = 1 << 30


def absolute(path: str | Path) -> Path:
    """`path` from the root, "~" expanded; links stay as they were written.

    Raises CorpusError for a name that no file can have or that is not UTF-8.
    """
    if "\0" in str(path):
        raise CorpusError(f"the path {shown(path)} has a NUL character; no file can be called so")
    try:
        whole = os.path.abspath(os.path.expanduser(path))
    except FileNotFoundError as error:
        raise CorpusError(
            f"{shown(path)} is relative to a folder that is gone; give the path from the root"
        ) from error
    if not _is_utf_8(whole):
        raise CorpusError(f"the path {shown(path)} has a name that is not UTF-8; {_remedy()}")
    return Path(whole)


def _remedy() -> str:
    encoding = sys.getfilesystemencoding()
    if encoding == "utf-8":
        return "rename it"
    return f"or it is, and Python takes names for {encoding} here: set PYTHONUTF8=1"


def _is_utf_8(path: str) -> bool:
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def status(path: Path) -> os.stat_result:
    """What the file system says of `path`. Raises CorpusError where it cannot say anything."""
    try:
        return path.stat()
    except OSError as error:
        raise unreadable(path, error) from error


def read_file(path: Path) -> Text:
    """The text of one file. Raises CorpusError for anything that is not a readable text file."""
    found = status(path)
    if not stat.S_ISREG(found.st_mode):
        raise CorpusError(
            f"{shown(path)} is a device, pipe or socket; choose a regular file, or save its text "
            "as one"
        )
    check_size(path, found.st_size)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error
    try:
        decoded = decode(data)
    except (NotTextError, DamagedTextError) as error:
        raise CorpusError(f"{shown(path)} {error}") from error
    return Text(decoded.text, notes=tuple(_notes(path, decoded)))


def check_size(path: Path, size: int) -> None:
    """Raise CorpusError for more bytes than one corpus may have."""
    if size > MOST_BYTES:
        raise CorpusError(
            f"{shown(path)} has {size / 1e9:.1f} GB, more than the {MOST_BYTES / 1e9:.1f} GB that "
            "one corpus may have; cut out a part of it"
        )


def unreadable(path: Path, error: OSError) -> CorpusError:
    """The sentence for a file or folder that the system does not give out."""
    match error:
        case FileNotFoundError():
            return CorpusError(f"there is no file or folder {shown(path)}; check the path")
        case PermissionError():
            return CorpusError(
                f"you may not read {shown(path)}; give yourself permission (chmod +r), or choose "
                "another text"
            )
        case _:
            reason = error.strerror or str(error)
            return CorpusError(f"{shown(path)} cannot be read ({reason}); choose another text")


def shown(path: str | Path) -> str:
    """A path as a message shows it: on one line, whatever it is called."""
    text = str(path)
    return text if text.isprintable() else repr(text)


def _notes(path: Path, decoded: Decoded) -> list[str]:
    notes = []
    if decoded.encoding != "utf-8":
        notes.append(f"{shown(path.name)} is not UTF-8; it was read as {decoded.encoding}")
    if decoded.torn:
        notes.append(
            f"{shown(path.name)} ends in the middle of a character; its last {decoded.torn} "
            "byte(s) were left out"
        )
    return notes

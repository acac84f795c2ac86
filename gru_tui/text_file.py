"""Writing a text to a file that a person named: whole or not at all. Call it off the UI."""

import os
import shutil
import tempfile
from pathlib import Path

from corpora.errors import ReportedError


class FileStandsError(ReportedError):
    """There is a file of that name already, and nobody has said that it may go."""


def write_text(path: Path, text: str, *, overwrite: bool = False) -> None:
    """Write `text` as UTF-8. Raises FileStandsError or, where it cannot be done, ReportedError."""
    write_bytes(path, text.encode(errors="replace"), overwrite=overwrite)


def write_bytes(path: Path, content: bytes, *, overwrite: bool = False) -> None:
    """The same for any file."""
    try:
        if path.is_dir():
            raise ReportedError(f"{path} is a folder; add the name of a file")
        if overwrite and path.exists():
            _replace(path.resolve(), content)  # through a link, so that the link stays one
        else:
            _create(path, content)
    except FileExistsError:
        raise FileStandsError(f"{path} exists already") from None
    except FileNotFoundError:
        raise ReportedError(f"there is no folder {path.parent}; choose another place") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ReportedError(f"{path} cannot be written: {reason}") from error


def _create(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        try:
            file.write(content)
            file.flush()
        except OSError:
            path.unlink(missing_ok=True)
            raise


def _replace(path: Path, content: bytes) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        shutil.copymode(path, temporary)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise

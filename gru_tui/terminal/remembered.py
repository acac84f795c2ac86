"""The theme that was chosen last. The configuration file is the person's own: never written."""

import contextlib
from pathlib import Path

from corpora.errors import ReportedError

FILE = "theme"  # in the data directory; holds the name
LONGEST_NAME = 100


def recalled_theme(data_dir: Path) -> str:
    """Its name, which may be of no theme; "" where none was chosen."""
    with contextlib.suppress(OSError, UnicodeDecodeError), (data_dir / FILE).open("rb") as file:
        return file.read(LONGEST_NAME).decode().strip()
    return ""


def remember_theme(data_dir: Path, name: str) -> None:
    """Keep the name for the next time. Raises ReportedError."""
    from corpora.whole_file import write_whole
    from gru_tui.runs.home import make_folder

    make_folder(data_dir)
    path = data_dir / FILE
    try:
        write_whole(path, f"{name}\n".encode())
    except OSError as error:
        raise ReportedError(f"the theme cannot be remembered: {path} ({error.strerror})") from error

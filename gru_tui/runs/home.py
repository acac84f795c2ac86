"""Where runs are kept, and that only their owner reads them."""

import os
from pathlib import Path

from corpora.errors import ReportedError

VARIABLE = "GRU_TUI_HOME"
OWNER_ONLY = 0o700  # texts may be private


def data_dir(given: Path | None = None) -> Path:
    """`given`, or GRU_TUI_HOME, or the place that this system has for an application's data."""
    if given is not None:
        return given.expanduser().absolute()
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return Path(chosen).expanduser().absolute()
    from platformdirs import user_data_path

    return user_data_path("gru-tui")


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, that only its owner may enter.

    Raises ReportedError where it cannot be made.
    """
    try:
        path.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
    except OSError as error:
        raise ReportedError(
            f"the folder {path} cannot be made ({error.strerror}); choose another data directory "
            f"with --data-dir or {VARIABLE}"
        ) from error

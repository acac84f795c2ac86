"""Where runs are kept, and that only their owner reads them."""

import os
from pathlib import Path

from corpora.errors import ReportedError
from corpora.own_folder import own_folder
from corpora.whole_file import make_private
from gru_tui.whereabouts import expanded

VARIABLE = "GRU_TUI_HOME"


def data_dir(given: Path | None = None) -> Path:
    """`given`, or GRU_TUI_HOME, or the place that this system has for an application's data.

    Raises UsageError for the home of nobody.
    """
    if given is not None:
        return expanded(given, "--data-dir")
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return expanded(Path(chosen), VARIABLE)
    return own_folder("data")


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, that only its owner may enter.

    Raises ReportedError where it cannot be made.
    """
    try:
        make_private(path)
    except OSError as error:
        raise ReportedError(
            f"the folder {path} cannot be made ({error.strerror}); choose another data directory "
            f"with --data-dir or {VARIABLE}"
        ) from error

"""Where a relative path starts and where home is, or the next best place that does exist."""

from pathlib import Path

ROOT = Path("/")


def here() -> Path:
    """The current folder; home where that one has been removed, or may not be looked at."""
    try:
        return Path.cwd()
    except OSError:
        return home()


def home() -> Path:
    """The home folder; the root for a user for whom the system knows none."""
    try:
        return Path.home()
    except RuntimeError:
        return ROOT

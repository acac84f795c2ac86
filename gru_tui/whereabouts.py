"""Where a relative path starts and where home is, or the next best place that does exist."""

from pathlib import Path

from corpora.errors import UsageError

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


def expanded(path: Path, setting: str) -> Path:
    """`path` from the root. Raises UsageError, which names the `setting`, for nobody's home."""
    try:
        return path.expanduser().absolute()
    except RuntimeError:
        user = path.parts[0].removeprefix("~")
        why = f"there is no user {user}" if user else "the home folder is not known"
        raise UsageError(
            f"{setting} is {str(path)!r}, but {why}; give the path from the root"
        ) from None

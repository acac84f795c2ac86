"""The ~ with which a path in an option or a variable may begin."""

from pathlib import Path

from corpora.errors import UsageError


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

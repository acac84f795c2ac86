"""NAME=VALUE arguments: changes of hyperparameters."""

from collections.abc import Sequence

from corpora.errors import UsageError
from engine.hyperparameters import spelled


def parsed(changes: Sequence[str]) -> dict[str, str]:
    """The names and values as they were typed. Raises UsageError for one without "="."""
    found: dict[str, str] = {}
    for change in changes:
        name, equals, value = change.partition("=")
        if not equals or not name.strip():
            raise UsageError(
                f"{change!r} is no change; write NAME=VALUE, as in learning_rate=0.001"
            )
        name = spelled(name)
        if name in found:
            raise UsageError(f"{name} is given twice; say it once")
        found[name] = value
    return found

"""Changes of hyperparameters that wait for the start of an epoch."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple


class Asked(NamedTuple):
    """New values, who wants them, and the command that asked for them."""

    changes: dict[str, Any]
    by: str
    command: str


class Waiting:
    """What waits, in the order in which it was asked for."""

    def __init__(self) -> None:
        self._asked: list[Asked] = []

    def add(self, asked: Asked) -> None:
        """One more; at the epoch it comes after those before."""
        self._asked.append(asked)

    def give_way(self, changes: Mapping[str, Any]) -> None:
        """Drop what waits for the same names: a change made now is not undone by an older one."""
        for asked in self._asked:
            for name in changes:
                asked.changes.pop(name, None)

    def withdraw(self, command: str) -> Asked | None:
        """The change of that command, without its values; None when it does not wait."""
        for asked in self._asked:
            if asked.command == command:
                self._asked.remove(asked)
                return asked._replace(changes={})
        return None

    def take(self) -> Iterable[Asked]:
        """All of them: the epoch begins."""
        taken, self._asked = self._asked, []
        return taken

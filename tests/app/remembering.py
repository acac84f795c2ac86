"""The app for tests, which remembers what it has told."""

from typing import Any

from gru_tui.app import GruTui
from gru_tui.context import Context


class Remembering(GruTui):
    """What was notified stays in `told`."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.told: list[str] = []

    def notify(self, message: str, **details: Any) -> None:
        self.told.append(message)
        super().notify(message, **details)

"""A key, or a choice in the palette, that can do nothing now says why."""

from abc import abstractmethod
from typing import ClassVar

from textual.events import Key
from textual.screen import Screen

from gru_tui.actions import Scope, actions
from gru_tui.panes.messages import Told


class RefusingScreen(Screen[None]):
    """Answers for the actions that it does not offer now."""

    SCOPE: ClassVar[Scope]

    @abstractmethod
    def why_not(self, action: str) -> str:
        """What keeps that action from being done now; "" if nothing does, or nothing is to say."""

    def refuse(self, action: str) -> None:
        """Say it."""
        if words := self.why_not(action):
            self.post_message(Told(words, "warning"))

    def on_key(self, event: Key) -> None:
        """Of a key that a field has for itself, such as ctrl+k, nothing is said."""
        for row in actions(self.SCOPE):
            if event.key in row.keys and event.key not in self.active_bindings:
                self.refuse(row.runs)

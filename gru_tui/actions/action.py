"""What a person can do on a screen: a row of the table in `gru_tui.actions`."""

from dataclasses import dataclass
from typing import Literal

from gru_tui.actions.key import shown_key

Scope = Literal["app", "train", "runs", "generate"]

SCOPES: dict[Scope, str] = {
    "app": "Everywhere",
    "train": "Train",
    "runs": "Runs",
    "generate": "Generate",
}


@dataclass(frozen=True)
class Action:
    """Something that a person can do on the screens of its scope.

    `command` is what Textual runs, on the screen of the scope (or on the app): the
    method `action_<command>`. An `always` key also works while a field has the focus.
    Keys after the first are alternatives.
    """

    id: str
    keys: tuple[str, ...]
    label: str
    help: str
    scope: Scope
    footer: bool = False
    always: bool = False
    command: str = ""

    @property
    def name(self) -> str:
        """The id with its scope, which no other row has: train.fork."""
        return f"{self.scope}.{self.id}"

    @property
    def runs(self) -> str:
        """The action string that Textual parses."""
        return self.command or self.id

    @property
    def shown_keys(self) -> str:
        """The keys as a person reads them, "" when there are none."""
        return ", ".join(shown_key(key) for key in self.keys)

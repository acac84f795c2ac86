"""One pane at a time where there is no room for more, and the key that leads to the next one."""

from abc import abstractmethod
from typing import ClassVar

from textual.screen import Screen

from gru_tui.panes.messages import Told


class PanedScreen(Screen[None]):
    """Has the class -one where its panes take turns; another class says whose turn it is.

    The style sheets say what that means; where there is room, they do not look at the turn.
    To be named as the last base: Textual takes the style sheets of the first ones only.
    """

    NEXT_PANE: ClassVar[str] = "next_pane"

    @property
    @abstractmethod
    def cramped(self) -> bool:
        """Whether the panes have to take turns."""

    @property
    @abstractmethod
    def turns(self) -> dict[str, str]:
        """The panes in their turn: each one's classes, "" for the first, and what it is called."""

    @property
    def turn(self) -> str:
        """The classes of the pane that is shown."""
        return next((each for each in self.turns if each and self.has_class(*each.split())), "")

    @property
    def next_turn(self) -> str:
        """Those of the one that comes next."""
        turns = list(self.turns)
        return turns[(turns.index(self.turn) + 1) % len(turns)]

    def on_resize(self) -> None:
        """There may be more room now, or less."""
        self.set_class(self.cramped, "-one")
        self.refresh_bindings()

    def action_next_pane(self) -> None:
        """Show the next one, or say why there is none."""
        if self.has_class("-one"):
            self.take_turn(self.next_turn)
        else:
            self.post_message(Told("Panes take turns only in a smaller terminal."))

    def take_turn(self, turn: str) -> None:
        """Show that one."""
        self.remove_class(*(each for every in self.turns for each in every.split()))
        self.add_class(*turn.split())
        self.refresh_bindings()

    def name_of_next(self, action: str) -> str | None:
        """For the line of keys: where the key leads; "" where it is not worth a place."""
        if action != self.NEXT_PANE:
            return None
        return self.turns[self.next_turn] if self.has_class("-one") else ""

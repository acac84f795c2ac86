"""A pane of fields."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll


class Form(VerticalScroll, can_focus=False):
    """Up and down go from field to field, as Tab does, but not out of the pane.

    A field that has a use for them itself, as one of several lines, keeps them.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "go(-1)", "Previous field", show=False),
        Binding("down", "go(1)", "Next field", show=False),
    ]

    def action_go(self, by: int) -> None:
        """Give the focus to the field that lies `by` further down, if there is one."""
        fields = [widget for widget in self.screen.focus_chain if self in widget.ancestors]
        focused = self.screen.focused
        if focused in fields:
            place = fields.index(focused) + by
            if 0 <= place < len(fields):
                fields[place].focus()

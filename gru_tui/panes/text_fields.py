"""The two fields for typing text: the cursor stands still, and no control character gets in."""

from textual.document._document import EditResult
from textual.document._edit import Edit
from textual.reactive import reactive
from textual.widgets import Input, TextArea

from gru_tui.visible import visible


class LineInput(Input):
    """One line. What is pasted shows its control characters as symbols."""

    cursor_blink = reactive(False, init=False)

    def replace(self, text: str, start: int, end: int) -> None:
        """Put what was typed or pasted in the place of a part of the line."""
        super().replace(visible(text), start, end)


class TextField(TextArea):
    """Several lines; Tab leaves it. What is pasted shows its control characters as symbols."""

    cursor_blink = reactive(False, init=False)

    def edit(self, edit: Edit) -> EditResult:
        """Carry out an edit; every change of the text comes through here."""
        edit.text = visible(edit.text)
        return super().edit(edit)

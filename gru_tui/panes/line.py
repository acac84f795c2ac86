"""A one-line text field as every screen here wants it: the cursor does not blink."""

from textual.reactive import reactive
from textual.widgets import Input


class LineInput(Input):
    """Textual's Input with a steady cursor: nothing on these screens moves by itself."""

    cursor_blink = reactive(False, init=False)

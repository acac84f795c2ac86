"""The two fields for typing text: the cursor stands still, and no control character gets in."""

from textual.document._document import EditResult
from textual.document._edit import Edit
from textual.events import Key
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input, TextArea

from gru_tui.visible import visible


async def carry_out(field: Widget, event: Key) -> None:
    """Obey the field's editing keys (backspace, arrows ...) in the order in which they came.

    Textual would look them up by way of the app, and so behind the letters that came later in
    the same burst: over a slow line "ab", backspace, "c" would read "ab". Enter edits nothing:
    it stays in its order with the keys of the screen, which do go by way of the app.
    """
    if event.key == "enter":
        return
    for binding in field._bindings.key_to_bindings.get(event.key, ()):
        if await field.app.run_action(binding.action, default_namespace=field):
            event.stop()
            event.prevent_default()
            return


class LineInput(Input):
    """One line. What is pasted shows its control characters as symbols."""

    cursor_blink = reactive(False, init=False)

    async def _on_key(self, event: Key) -> None:
        await carry_out(self, event)

    def replace(self, text: str, start: int, end: int) -> None:
        """Put what was typed or pasted in the place of a part of the line."""
        super().replace(visible(text), start, end)


class TextField(TextArea):
    """Several lines; Tab leaves it. What is pasted shows its control characters as symbols."""

    cursor_blink = reactive(False, init=False)

    async def _on_key(self, event: Key) -> None:
        await carry_out(self, event)

    def edit(self, edit: Edit) -> EditResult:
        """Carry out an edit; every change of the text comes through here."""
        edit.text = visible(edit.text)
        return super().edit(edit)

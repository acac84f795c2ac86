"""A field's keys in the order in which they were pressed, also when many come at once."""

from textual.events import Key
from textual.widget import Widget

MOVING = ("tab", "shift+tab")  # keys of the screen that are to be obeyed in their order, too


async def carry_out(field: Widget, event: Key) -> None:
    """Obey the field's editing keys (backspace, arrows ...) in the order in which they came.

    Textual would look them up by way of the app, and so behind the letters that came later in
    the same burst: over a slow line "ab", backspace, "c" would read "ab". Tab, and what was
    typed behind it, would reach the field that Tab leaves. Enter edits nothing: it stays in its
    order with the keys of the screen, which do go by way of the app.
    """
    screen = field.screen
    focused = screen.focused
    if focused is not None and focused is not field:
        focused.post_message(Key(event.key, event.character))
        _take(event)
        return
    if event.key == "enter":
        return
    for owner in (field, screen) if event.key in MOVING else (field,):
        for binding in owner._bindings.key_to_bindings.get(event.key, ()):
            if await field.app.run_action(binding.action, default_namespace=owner):
                _take(event)
                return


def _take(event: Key) -> None:
    event.stop()
    event.prevent_default()

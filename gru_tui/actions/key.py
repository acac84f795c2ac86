"""Names of keys: as a person writes them, as Textual calls them, as the footer shows them."""

import unicodedata
from functools import lru_cache

MODIFIERS = ("alt", "ctrl", "shift")
FUNCTION_KEYS = tuple(f"f{number}" for number in range(1, 25))
SPECIAL = (
    *("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "insert", "delete"),
    *("enter", "escape", "tab", "space", "backspace"),
    *FUNCTION_KEYS,
)
ALSO = {
    "esc": "escape",
    "return": "enter",
    "del": "delete",
    "page up": "pageup",
    "page down": "pagedown",
    "pgup": "pageup",
    "pgdn": "pagedown",
}
# Where Textual's name of a character is not its Unicode name.
SHORTER = {"/": "slash", "\\": "backslash", "@": "at", "-": "minus", "+": "plus", "_": "underscore"}
# Terminals send these two as one and the same byte.
SAME = {"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+h": "backspace"}
EXAMPLES = 'write it as in "s", "?", "ctrl+s", "f5", "enter" or "page up"'
SHOWN = {"escape": "esc", "pageup": "page up", "pagedown": "page down"}


def canonical(text: str) -> str:
    """A key as Textual calls it. Raises ValueError, whose message ends a sentence."""
    words = text if len(text) == 1 else text.strip()
    if len(words) > 40:
        raise ValueError(f"is no key; {EXAMPLES}")
    if len(words) == 2 and words[0] == "^":
        words = "ctrl+" + words[1]
    before, _, base = words.rpartition("+")
    if words.endswith("+") and before[-1:] in ("", "+"):  # the plus itself: "+" or "alt++"
        base = "+"
    modifiers = sorted({word.strip().lower() for word in before.split("+")} - {""})
    base = _base(base if len(base) == 1 else base.strip())
    if not base or not set(modifiers) <= set(MODIFIERS):
        raise ValueError(f"is no key; {EXAMPLES}")
    return _together(modifiers, base)


def _together(modifiers: list[str], base: str) -> str:
    if modifiers == ["shift"] and base not in SPECIAL:
        return base.upper() if len(base) == 1 else base
    if "ctrl" in modifiers:
        base = base.lower()
        if base not in SPECIAL and not (len(base) == 1 and base.isascii() and base.isalpha()):
            raise ValueError("is a key that terminals do not send; take ctrl with a letter")
    key = "+".join([*modifiers, base])
    if key in SAME:
        raise ValueError(f"reaches a program as {SAME[key]}; take another letter")
    return key


def _base(text: str) -> str:
    """The name of a key without modifiers; "" when there is none of that name."""
    if len(text) == 1:
        return _name(text)
    name = ALSO.get(text.lower(), text.lower())
    if name in SPECIAL:
        return name
    character = _character(name)
    return _name(character) if character else ""


def _name(character: str) -> str:
    if not character.isprintable():
        return ""
    if character.isalnum():
        return character
    name = unicodedata.name(character, "").lower().replace("-", "_").replace(" ", "_")
    return SHORTER.get(character, name)


@lru_cache(256)
def _character(name: str) -> str:
    """The character of Latin writing that has that name, "" when there is none."""
    return next((chr(code) for code in range(0x21, 0x250) if _name(chr(code)) == name), "")


def types_nothing(key: str) -> bool:
    """Whether a field has no use for the key, so that it may work while one has the focus."""
    return key.startswith(("ctrl+", "alt+")) or key.removeprefix("shift+") in FUNCTION_KEYS


def shown_key(key: str) -> str:
    """A key as the footer writes it: ^s, ?, page up."""
    if key.startswith("ctrl+"):
        return "^" + shown_key(key.removeprefix("ctrl+"))
    for modifier in ("shift", "alt"):
        if key.startswith(modifier + "+"):
            return f"{modifier} " + shown_key(key.removeprefix(modifier + "+"))
    if len(key) == 1 or key in SPECIAL:
        return SHOWN.get(key, key)
    return _character(key) or key

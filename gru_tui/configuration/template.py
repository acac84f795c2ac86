"""A configuration file in which everything stands and nothing is said: all lines are comments."""

import textwrap

from gru_tui.actions import ACTIONS, SCOPES, Action
from gru_tui.actions.key import shown_key
from gru_tui.configuration.settings import SETTINGS

HEAD = """\
# The configuration of gru-tui. A line that begins with # says nothing: take the # away
# to change a setting. "gru-tui config --check" tells whether all is well.
"""
KEYS = """\
# A key as "x", "?", "ctrl+x", "f5", "page up", or several as ["x", "f5"]; [] is none.
# Letters work where no field has the focus.
"""


def template() -> str:
    """Every setting with its default, and every action with its keys, as comments."""
    parts = [HEAD]
    section = ""
    for row in SETTINGS:
        if row.section != section:
            section = row.section
            parts.append(f"\n[{section}]\n")
        parts.append(textwrap.indent(textwrap.fill(row.help, 88), "# ") + "\n")
        parts.append(f"#{row.name} = {row.example}\n")
    parts.append(f"\n[keys]\n{KEYS}")
    for scope, title in SCOPES.items():
        parts.append(f"\n# {title}\n")
        parts += [_line(row) for row in ACTIONS if row.scope == scope]
    return "".join(parts)


def _line(row: Action) -> str:
    twins = [other for other in ACTIONS if other.id == row.id]
    name = row.id if len(twins) == 1 else f'"{row.name}"'
    keys = [f'"{_plain(key)}"' for key in row.keys]
    value = keys[0] if len(keys) == 1 else "[" + ", ".join(keys) + "]"
    return f"#{name} = {value}".ljust(36) + f"# {row.label}\n"


def _plain(key: str) -> str:
    """The character rather than its name, unless TOML would need it escaped."""
    character = shown_key(key)
    return character if len(character) == 1 and character not in '"\\' else key

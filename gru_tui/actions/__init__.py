"""The one table of actions: keys, footer, command palette, help and README are written from it.

No Textual in here: `gru_tui.screens.keys` turns the rows into bindings.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from gru_tui.actions.action import SCOPES, Action, Scope
from gru_tui.actions.chart import CHART, OVERLAY
from gru_tui.actions.everywhere import EVERYWHERE
from gru_tui.actions.generate import GENERATE
from gru_tui.actions.key import shown_key
from gru_tui.actions.pane import PANE
from gru_tui.actions.runs import RUNS
from gru_tui.actions.taking import TAKING
from gru_tui.actions.tour import TOUR
from gru_tui.actions.train import TRAIN

__all__ = [
    "ACTIONS",
    "SCOPES",
    "Action",
    "Scope",
    "action",
    "actions",
    "as_markdown",
    "key_of",
    "remap",
    "scope_of",
    "shown_key",
    "worded",
]

ACTIONS: tuple[Action, ...] = (
    *TRAIN,
    *CHART,
    *TAKING,
    *TOUR,
    *RUNS,
    *OVERLAY,
    *GENERATE,
    *PANE,
    *EVERYWHERE,
)
"""The table as it is written, whatever keys a person has given to the actions."""

_PLACE = re.compile(r"\{([a-z_.]+)\}")
_remapped: dict[str, tuple[str, ...]] = {}  # by the row's name


def remap(keys: Mapping[str, tuple[str, ...]]) -> None:
    """Give these keys, and no others, to the rows of these names (train.fork) from now on.

    Once, before the first screen is made: `actions` and all that is written from it follow.
    """
    _remapped.clear()
    _remapped.update(keys)


def actions(*scopes: Scope) -> tuple[Action, ...]:
    """The rows of these scopes with the keys in force, in the table's order."""
    return tuple(_with_keys(row) for row in ACTIONS if row.scope in scopes)


def scope_of(screen: object) -> Scope | None:
    """The scope of a screen: its class's SCOPE."""
    return getattr(screen, "SCOPE", None)


def _with_keys(row: Action) -> Action:
    keys = _remapped.get(row.name)
    return row if keys is None else replace(row, keys=keys)


def action(identity: str) -> Action:
    """The row of that id, or of that name (train.fork); KeyError when there is none."""
    for row in ACTIONS:
        if identity in (row.id, row.name):
            return _with_keys(row)
    raise KeyError(identity)


def key_of(identity: str) -> str:
    """The first key of that action as a person reads it; where it has none, the palette's way."""
    row = action(identity)
    if row.keys:
        return shown_key(row.keys[0])
    return f"{row.label} in the palette"


def worded(text: str) -> str:
    """A sentence of ours with {fork}, {stop} ... replaced by the keys of these actions."""
    return _PLACE.sub(lambda found: key_of(found[1]), text)


def as_markdown() -> str:
    """The README's tables of keys, one a scope."""
    parts = []
    for scope, title in SCOPES.items():
        rows = [row for row in ACTIONS if row.scope == scope]
        if rows:
            lines = [f"| {row.shown_keys} | {row.label} | {row.help} |" for row in rows]
            parts.append("\n".join([f"**{title}**", "", "| key | | |", "|---|---|---|", *lines]))
    return "\n\n".join(parts) + "\n"

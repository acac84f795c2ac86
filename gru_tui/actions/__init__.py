"""The one table of actions: keys, footer, command palette, help and README are written from it.

No Textual in here: `gru_tui.screens.keys` turns the rows into bindings.
"""

from gru_tui.actions.action import SCOPES, Action, Scope, shown_key
from gru_tui.actions.chart import CHART
from gru_tui.actions.everywhere import EVERYWHERE
from gru_tui.actions.generate import GENERATE
from gru_tui.actions.runs import RUNS
from gru_tui.actions.train import TRAIN

__all__ = ["ACTIONS", "SCOPES", "Action", "Scope", "action", "actions", "as_markdown", "shown_key"]

ACTIONS: tuple[Action, ...] = (*TRAIN, *CHART, *RUNS, *GENERATE, *EVERYWHERE)


def actions(*scopes: Scope) -> tuple[Action, ...]:
    """The rows of these scopes, in the table's order."""
    return tuple(action for action in ACTIONS if action.scope in scopes)


def action(identity: str) -> Action:
    """The row of that id; KeyError when there is none."""
    for row in ACTIONS:
        if row.id == identity:
            return row
    raise KeyError(identity)


def as_markdown() -> str:
    """The README's tables of keys, one a scope."""
    parts = []
    for scope, title in SCOPES.items():
        rows = actions(scope)
        if rows:
            lines = [f"| {row.shown_keys} | {row.label} | {row.help} |" for row in rows]
            parts.append("\n".join([f"**{title}**", "", "| key | | |", "|---|---|---|", *lines]))
    return "\n\n".join(parts) + "\n"

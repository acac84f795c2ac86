"""Textual's bindings, written from the table of actions."""

from textual.binding import Binding
from textual.screen import Screen

from gru_tui.actions import Scope, actions, shown_key


def bindings(scope: Scope) -> list[Binding]:
    """The bindings of one scope; the footer shows the first key of each row that asks for it."""
    return [
        Binding(
            key,
            row.runs,
            row.label,
            show=row.footer and place == 0,
            key_display=shown_key(key),
            priority=row.always,
            tooltip=row.help,
            id=row.id if place == 0 else f"{row.id}.{place}",
        )
        for row in actions(scope)
        for place, key in enumerate(row.keys)
    ]


def scope_of(screen: Screen[object]) -> Scope | None:
    """The scope of a screen: its class's SCOPE."""
    return getattr(screen, "SCOPE", None)

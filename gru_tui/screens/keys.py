"""Textual's bindings, written from the table of actions."""

from typing import Any

from textual.app import App
from textual.binding import Binding, BindingsMap
from textual.screen import Screen

from gru_tui.actions import Scope, actions, scope_of, shown_key
from gru_tui.actions.key import types_nothing


def bindings(scope: Scope) -> list[Binding]:
    """The bindings of one scope; the footer shows the first key of each row that asks for it."""
    return [
        Binding(
            key,
            row.runs,
            row.label,
            show=row.footer and place == 0,
            key_display=shown_key(key),
            priority=row.always and types_nothing(key),
            tooltip=row.help,
            id=row.name if place == 0 else f"{row.name}.{place}",
        )
        for row in actions(scope)
        for place, key in enumerate(row.keys)
    ]


def rebind(node: App[Any] | Screen[Any], scope: Scope) -> None:
    """Give the app or a new screen the keys in force; its class has those of the table.

    Not by Textual's keymap: that knows neither actions without a key nor two rows of one id.
    """
    kept = {key: [each] for key, each in node._bindings if not _is_ours(each, scope)}
    ours = {binding.key: [binding] for binding in bindings(scope)}
    node._bindings = BindingsMap.from_keys({**kept, **ours})


def rebound(screen: Screen[Any]) -> Screen[Any]:
    """A new screen with the keys in force."""
    scope = scope_of(screen)
    if scope is not None:
        rebind(screen, scope)
    return screen


def _is_ours(binding: Binding, scope: Scope) -> bool:
    return binding.id is not None and binding.id.startswith(f"{scope}.")

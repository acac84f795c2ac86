"""The section [keys]: which action gets which keys."""

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NoReturn

from gru_tui.actions import ACTIONS, SCOPES, Action
from gru_tui.actions.key import canonical, shown_key
from gru_tui.visible import visible_line

NEVER_WITHOUT = ("app.leave", "app.command_palette")
MOST_KEYS = 8  # for one action
KeyPath = tuple[str, ...]
Fail = Callable[[KeyPath, str], NoReturn]


def remapped(section: Mapping[str, Any], fail: Fail) -> dict[str, tuple[str, ...]]:
    """The keys by the name of the action (train.fork). Calls `fail` at the first fault."""
    found: dict[str, tuple[str, ...]] = {}
    places: dict[str, KeyPath] = {}
    for path, value in _flat(section):
        row = _row(path, fail)
        if row.name in found:
            fail(path, f"{row.name} has got its keys before; write all of them in one list")
        found[row.name] = _keys(row, path, value, fail)
        places[row.name] = path
    _refuse_twins(found, places, fail)
    return found


def _flat(section: Mapping[str, Any]) -> Iterator[tuple[KeyPath, Any]]:
    """Both spellings of a scope: "train.fork" = ..., and train.fork = ..., which is a table."""
    for name, value in section.items():
        if isinstance(value, dict) and (value or name in SCOPES):
            for inner, keys in value.items():
                yield ("keys", name, inner), keys
        else:
            yield ("keys", name), value


def _row(path: KeyPath, fail: Fail) -> Action:
    words = ".".join(path[1:])
    rows = [row for row in ACTIONS if words in (row.id, row.name)]
    if len(rows) == 1:
        return rows[0]
    if rows:
        names = " or ".join(f'"{row.name}"' for row in rows)
        fail(path, f'there is more than one action "{words}"; write {names}')
    near = _nearest(words[:80])
    all_of_them = "gru-tui config writes a file that has them all"
    hint = f"did you mean {near.name}?" if near else all_of_them
    fail(path, f'there is no action "{shown(words)}"; {hint}')


def _nearest(words: str) -> Action | None:
    """By name or by one of its words, as start is of start_or_pause; of twins the first."""
    scope, _, name = words.rpartition(".")
    rows = [row for row in ACTIONS if row.scope == scope] or ACTIONS
    names = {row.id: row for row in reversed(rows)}
    parts = {part: row for row in reversed(rows) for part in row.id.split("_")} | names
    for known, cutoff in ((parts, 0.8), (names, 0.5)):
        for near in difflib.get_close_matches(name, known, n=1, cutoff=cutoff):
            return known[near]
    return None


def _keys(row: Action, path: KeyPath, value: Any, fail: Fail) -> tuple[str, ...]:
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        fail(path, f'{row.id} needs a key, as in "f5", or a list of keys, as in ["f5", "ctrl+r"]')
    if len(words) > MOST_KEYS:
        fail(path, f"{row.id} has {len(words)} keys; give it at most {MOST_KEYS}")
    keys = []
    for word in words:
        try:
            keys.append(canonical(word))
        except ValueError as fault:
            fail(path, f'"{shown(word)}" (for {row.id}) {fault}')
    if not keys and row.name in NEVER_WITHOUT:
        fail(path, f"{row.id} cannot be without a key; leave the line out to keep its own")
    return tuple(dict.fromkeys(keys))


def _refuse_twins(
    found: Mapping[str, tuple[str, ...]], places: Mapping[str, KeyPath], fail: Fail
) -> None:
    """On one screen a key does one thing; of two the one that the file changed is named."""
    table = [replace(row, keys=found.get(row.name, row.keys)) for row in ACTIONS]
    for scope in SCOPES:
        owners: dict[str, Action] = {}
        for row in table:
            if row.scope not in (scope, "app"):
                continue
            for key in row.keys:
                other = owners.setdefault(key, row)
                if other is row:
                    continue
                mine, its = (row, other) if row.name in places else (other, row)
                fail(
                    places[mine.name],
                    f'"{shown_key(key)}" would do two things: {mine.name} and {its.name}; '
                    "give one of them another key",
                )


def shown(words: str) -> str:
    """Words of the file as a sentence may quote them."""
    words = visible_line(words)
    return words if len(words) <= 40 else words[:39] + "…"

"""The language in which a person says which runs to see, and in which order.

`fox tag:night lr<0.01 cell=gru state!=failed best<1.5`: every condition must hold, and "-"
before one turns it round. A word alone is looked for in name, corpus and tags.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpora.errors import UsageError
from gru_tui.listing.columns import Kind, Value, find_column

if TYPE_CHECKING:
    from gru_tui.listing.rows import RunRow

Condition = Callable[["RunRow"], bool]

QUOTED = r'"[^"]*"?'
CONDITION = re.compile(
    rf"""\s*(?P<not>-?)
    (?:(?P<name>[A-Za-z_][\w-]*)\s*(?P<sign><=|>=|!=|==|=|<|>|:)\s*(?P<value>{QUOTED}|[^\s"]*)
    |(?P<word>{QUOTED}|[^\s"]+))""",
    re.VERBOSE,
)
EXAMPLES: dict[Kind, str] = {"text": "gru", "number": "0.01", "age": "2d"}
SIGNS = ("<", ">", "=", "!=", ":")
SEARCHED = ("name", "corpus", "tag")  # where a word alone is looked for
ORDER: dict[str, Callable[[float, float], bool]] = {
    "<": lambda found, wanted: found < wanted,
    "<=": lambda found, wanted: found <= wanted or _same(found, wanted),
    ">": lambda found, wanted: found > wanted,
    ">=": lambda found, wanted: found >= wanted or _same(found, wanted),
}


@dataclass(frozen=True)
class RunFilter:
    """What the runs have to fulfil; without a condition all do."""

    conditions: tuple[Condition, ...] = ()

    def keeps(self, row: "RunRow") -> bool:
        """Whether the run is to be seen."""
        return all(condition(row) for condition in self.conditions)


def parsed(text: str) -> RunFilter:
    """The filter that a line says. Raises UsageError with one sentence."""
    found, fault = understood(text)
    if fault:
        raise UsageError(fault)
    return found


def understood(text: str) -> tuple[RunFilter, str]:
    """What a line says as far as it is right, and what is wrong with it, "" if nothing is."""
    conditions: list[Condition] = []
    fault = ""
    for match in CONDITION.finditer(text.strip()):
        try:
            condition = _condition(match)
        except UsageError as error:
            fault = fault or str(error)
        else:
            conditions.append(_opposite(condition) if match["not"] else condition)
    return RunFilter(tuple(conditions)), fault


def ordered(rows: Iterable["RunRow"], name: str, *, reverse: bool = False) -> list["RunRow"]:
    """The runs by that column, pinned ones first, unknown values last. Raises UsageError."""
    column = find_column(name)
    known: list[tuple[Value, RunRow]] = []
    unknown: list[RunRow] = []
    for row in rows:
        value = column.value(row)
        if value is None:
            unknown.append(row)
        else:
            known.append((value.casefold() if isinstance(value, str) else value, row))
    known.sort(key=lambda pair: pair[0], reverse=reverse)
    found = [row for _, row in known] + unknown
    return sorted(found, key=lambda row: not row.pinned)


def _condition(match: re.Match[str]) -> Condition:
    if match["name"] is None:
        word = match["word"]
        if word.startswith(SIGNS):
            raise UsageError(f"{word} compares nothing; write a name before it, as in lr<0.01")
        return _word(_plain(word))
    name, sign, value = match["name"], match["sign"], _plain(match["value"])
    column = find_column(name)
    if not match["value"]:
        raise UsageError(
            f"{name}{sign} needs a value behind it, as in {name}{sign}{EXAMPLES[column.kind]}"
        )
    if column.kind == "text":
        return _text(column.name, sign, value)
    wanted = column.number(value)
    if sign in ORDER:
        compare = ORDER[sign]
        return lambda row: _known(column.value(row), lambda found: compare(found, wanted))

    def same(row: "RunRow") -> bool:
        return _known(column.value(row), lambda found: _same(found, wanted))

    return _opposite(same) if sign == "!=" else same


def _word(word: str) -> Condition:
    wanted = word.casefold()
    columns = [find_column(name) for name in SEARCHED]
    return lambda row: any(
        wanted in text.casefold() for column in columns for text in column.texts(row)
    )


def _text(name: str, sign: str, value: str) -> Condition:
    if sign in ORDER:
        raise UsageError(f"{name} is a word, not a number; write {name}={value or 'x'} instead")
    column, wanted = find_column(name), value.casefold()
    whole = sign != ":" or name == "tag"

    def fits(row: "RunRow") -> bool:
        texts = [text.casefold() for text in column.texts(row)]
        return wanted in texts if whole else any(wanted in text for text in texts)

    return _opposite(fits) if sign == "!=" else fits


def _opposite(condition: Condition) -> Condition:
    return lambda row: not condition(row)


def _known(found: Value | None, holds: Callable[[float], bool]) -> bool:
    return isinstance(found, int | float) and holds(float(found))


def _same(found: float, wanted: float) -> bool:
    return abs(found - wanted) <= 1e-9 * max(abs(found), abs(wanted))


def _plain(text: str) -> str:
    return text.strip('"')

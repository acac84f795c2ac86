"""What can be said of a run by a name: its own facts, and every hyperparameter."""

import difflib
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from corpora.errors import UsageError
from engine.hyperparameters import FIELDS, SHORT

if TYPE_CHECKING:
    from gru_tui.listing.rows import RunRow

Kind = Literal["text", "number", "age"]
Value = str | float

ALIASES = {
    **SHORT,
    "tags": "tag",
    "loss": "best",
    "best_validation_loss": "best",
    "created": "age",
    "parent": "forked_from",
    "from": "forked_from",
}
UNITS = {"s": 1, "min": 60, "m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400}


@dataclass(frozen=True)
class Column:
    """A name, what kind of value it has, and where that stands in a run; None: not known."""

    name: str
    kind: Kind
    value: Callable[["RunRow"], Value | None]

    def texts(self, row: "RunRow") -> tuple[str, ...]:
        """The words that a condition may name: one, or a run's tags."""
        if self.name == "tag":
            return row.tags
        value = self.value(row)
        return () if value is None else (str(value),)

    def number(self, text: str) -> float:
        """What a condition compares with. Raises UsageError."""
        factor = 1
        figure = text.strip()
        if self.kind == "age":
            unit = figure.lstrip("0123456789.")
            if unit not in UNITS:
                raise UsageError(f"age {text!r} has no unit; write 90s, 20min, 3h, 2d or 1w")
            figure, factor = figure.removesuffix(unit), UNITS[unit]
        elif figure.lower() in {"true", "yes", "false", "no"}:
            return float(figure.lower() in {"true", "yes"})
        try:
            number = float(figure.replace("_", ""))
        except ValueError:
            number = math.nan
        if math.isnan(number):
            raise UsageError(f"{self.name} is a number, and {text!r} is none")
        return number * factor


def _pinned(row: "RunRow") -> float:
    return float(row.pinned)


def _age(row: "RunRow") -> float | None:
    return time.time() - row.created if row.created else None


def _of_row() -> tuple[Column, ...]:
    return (
        Column("name", "text", lambda row: row.name),
        Column("id", "text", lambda row: row.id),
        Column("state", "text", lambda row: row.state),
        Column("corpus", "text", lambda row: row.corpus),
        Column("model", "text", lambda row: row.model),
        Column("tag", "text", lambda row: " ".join(row.tags) or None),
        Column("note", "text", lambda row: row.note or None),
        Column("forked_from", "text", lambda row: row.parent or None),
        Column("epoch", "number", lambda row: row.epoch),
        Column("step", "number", lambda row: row.step),
        Column("best", "number", lambda row: row.best),
        Column("pinned", "number", _pinned),
        Column("age", "age", _age),
    )


def _of_hyperparameter(name: str, kind: type) -> Column:
    def value(row: "RunRow") -> Value | None:
        found = row.hyperparameters.get(name)
        if found is None or kind is str:
            return found
        return float(found)

    return Column(name, "text" if kind is str else "number", value)


COLUMNS: dict[str, Column] = {
    **{field.name: _of_hyperparameter(field.name, field.kind) for field in FIELDS},
    **{column.name: column for column in _of_row()},
}


def find_column(name: str) -> Column:
    """The column of that name or short form. Raises UsageError with the nearest."""
    wanted = name.lower().replace("-", "_")
    column = COLUMNS.get(ALIASES.get(wanted, wanted))
    if column is None:
        near = difflib.get_close_matches(wanted, [*COLUMNS, *ALIASES], n=1, cutoff=0.6)
        known = "there are name, state, corpus, tag, best, step, age and every hyperparameter"
        hint = f"did you mean {near[0]}?" if near else known
        raise UsageError(f"a run has no {name!r}; {hint}")
    return column

"""One hyperparameter as a field: its type, bounds and words, and how a value is read."""

import math
import re
from dataclasses import dataclass
from numbers import Real

from engine.errors import HyperparameterError

Value = str | bool | int | float
INTEGER = re.compile(r"[+-]?[0-9]{1,30}")
WORDS_OF_TRUTH = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


@dataclass(frozen=True)
class Field:
    """One hyperparameter: all that a form, an option or an error message needs."""

    name: str
    kind: type
    default: Value
    description: str
    unit: str
    live: bool  # may change in a running run
    choices: tuple[str, ...]
    least: float | None
    above: float | None
    most: float | None

    @property
    def bounds(self) -> str:
        """The permitted values in words, as in "between 0 and 1"."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.kind is bool:
            return "yes or no"
        number = "a whole number" if self.kind is int else "a number"
        if self.above is not None:
            return f"{number} above {self.above:g} and at most {self.most:g}"
        return f"{number} between {self.least:,g} and {self.most:,.10g}"

    def parse(self, value: object) -> Value:
        """`value`, perhaps a string, as this field's type. Raises HyperparameterError."""
        parsed = self._convert(value)
        if parsed is None or not self._permits(parsed):
            raise HyperparameterError(
                self.name, f"{self.name} is {shown(value)}, but it must be {self.bounds}"
            )
        return parsed

    def _convert(self, value: object) -> Value | None:
        text = value.strip() if isinstance(value, str) else value
        if self.kind is str:
            return text if isinstance(text, str) else None
        if self.kind is bool:
            return text if isinstance(text, bool) else WORDS_OF_TRUTH.get(str(text).lower())
        return self._number(text)

    def _number(self, text: object) -> int | float | None:
        # Real: a sweep over a NumPy array hands out its numbers, not Python's.
        if isinstance(text, bool) or not isinstance(text, str | Real):
            return None
        try:
            if self.kind is int and isinstance(text, str) and INTEGER.fullmatch(text):
                return int(text)
            number = float(text)
        except (ValueError, OverflowError):
            return None
        if self.kind is float:
            return number
        return int(number) if number.is_integer() else None  # "1e6" is a whole number too

    def _permits(self, value: Value) -> bool:
        if self.choices:
            return value in self.choices
        if isinstance(value, str | bool):
            return True
        return (
            math.isfinite(value)
            and (self.least is None or value >= self.least)
            and (self.above is None or value > self.above)
            and (self.most is None or value <= self.most)
        )


def shown(value: object) -> str:
    """`value` as an error message quotes it, cut short."""
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 40 else text[:39] + "…"

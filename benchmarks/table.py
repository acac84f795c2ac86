"""A table of figures, as plain text for a terminal and as Markdown for the README."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """Cells are strings already; all columns but the first are set to the right."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]

    def plain(self) -> str:
        """Aligned columns under the title."""
        lines = [self.heads, *self.rows]
        widths = [max(len(line[place]) for line in lines) for place in range(len(self.heads))]
        return "\n".join([self.title, *(_aligned(line, widths) for line in lines)])

    def markdown(self) -> str:
        """The same for a README."""
        rule = ["---", *("---:" for _ in self.heads[1:])]
        lines = [f"| {' | '.join(line)} |" for line in (self.heads, rule, *self.rows)]
        return "\n".join([f"**{self.title}**", "", *lines])


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    parts = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
    return "  ".join(parts).rstrip()


def number(value: float | None, digits: int = 2) -> str:
    """`value` with that many decimals and thousands set apart; "-" for None."""
    return "-" if value is None else f"{value:,.{digits}f}"


def rate(characters_per_second: float | None) -> str:
    """Characters a second with three digits or more: 4.43 k, 36.8 k, 247 k."""
    if characters_per_second is None:
        return "-"
    thousands = characters_per_second / 1000
    return f"{thousands:.{2 if thousands < 10 else 1 if thousands < 100 else 0}f} k"

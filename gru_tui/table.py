"""Aligned columns of plain text."""

import unicodedata
from collections.abc import Sequence

from gru_tui.visible import one_line

WIDE = ("W", "F")
NO_WIDTH = ("Mn", "Me", "Cf")


def width(text: str) -> int:
    """The columns that a terminal gives to `text`."""
    return sum(
        0
        if unicodedata.category(character) in NO_WIDTH
        else 1 + (unicodedata.east_asian_width(character) in WIDE)
        for character in text
    )


def cut(text: str, most: int) -> str:
    """`text` in at most `most` columns, with an ellipsis where something is missing."""
    if width(text) <= most:
        return text
    kept = ""
    for character in text:
        if width(kept + character) > most - 1:
            break
        kept += character
    return kept + "…"


def rows(
    heads: Sequence[str],
    cells: Sequence[Sequence[str]],
    *,
    right: Sequence[str] = (),
    most: int = 24,
) -> list[str]:
    """The lines of a table; columns named in `right` are numbers, cells end at `most` columns.

    The last column is as long as it likes.
    """
    straight = [[one_line(cell) for cell in row] for row in cells]
    short = [[*(cut(cell, most) for cell in row[:-1]), row[-1]] for row in straight]
    table = [list(heads), *short]
    widths = [max(width(row[place]) for row in table) for place in range(len(heads))]
    lines = []
    for row in table:
        padded = []
        for head, cell, columns in zip(heads, row, widths, strict=True):
            space = " " * (columns - width(cell))
            padded.append(space + cell if head in right else cell + space)
        lines.append("  ".join(padded).rstrip())
    return lines

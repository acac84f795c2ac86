"""The figures at an axis: each says its place exactly, in as few characters as that takes."""

from itertools import pairwise

from gru_tui.curves.thinning import Unit, Window, ticks

COUNTED: frozenset[Unit] = frozenset({"steps", "characters"})  # there is nothing between 2 and 3
MOST_DECIMALS = 12
UNITS = ((1e9, " G"), (1e6, " M"), (1e3, " K"))


def across(window: Window, unit: Unit, most: int) -> tuple[list[float], list[str]]:
    """At most `most` places of a horizontal axis, and the figures that stand there."""
    counted = unit in COUNTED
    places = ticks(*window, most, whole=counted)
    return places, short(places) if counted else exact(places)


def exact(values: list[float]) -> list[str]:
    """Each with no more decimals than it needs."""
    return [_trimmed(figure) for figure in figures(values)]


def figures(values: list[float]) -> list[str]:
    """All with as many decimals as the finest of them needs, so that they stand in a column."""
    largest = max(map(abs, values), default=0.0) or 1.0
    gap = min((abs(b - a) for a, b in pairwise(values)), default=largest) or largest
    for decimals in range(MOST_DECIMALS):
        if all(abs(round(value, decimals) - value) < gap / 1000 for value in values):
            break
    return [f"{value:,.{decimals}f}" for value in values]


def short(values: list[float]) -> list[str]:
    """Whole numbers: millions as 12.5 M where no neighbours come to look alike by that."""
    largest = max(values, default=0.0)
    gap = min((b - a for a, b in pairwise(values)), default=0.0)
    finest = 1e6 if largest >= 1e9 else 1e3  # what three decimals of the largest unit tell
    if largest < 1e6 or gap < finest:
        return [f"{value:,.0f}" for value in values]
    return [_in_units(value) for value in values]


def _in_units(value: float) -> str:
    divisor, unit = next((each for each in UNITS if value >= each[0]), (1.0, ""))
    return _trimmed(f"{value / divisor:.3f}") + unit


def _trimmed(figure: str) -> str:
    return figure.rstrip("0").rstrip(".") if "." in figure else figure

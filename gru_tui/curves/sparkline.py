"""A curve in one line of block characters."""

import math
from collections.abc import Sequence

BLOCKS = "▁▂▃▄▅▆▇█"
STEEP = 8  # the first of so many parts may stand out of the top
GAP = "·"  # where there was no finite number


def sparkline(values: Sequence[float | None], width: int) -> str:
    """`values` in at most `width` characters, each the mean of its part, lowest to highest."""
    means = [_mean(part) for part in _parts(values, width)]
    finite = [mean for mean in means if mean is not None]
    if not finite:
        return GAP * len(means)
    # A loss falls steeply at first. Drawn to its full height, the rest would be a flat line.
    least, most = min(finite), max(finite[len(finite) // STEEP :])
    span = most - least

    def block(mean: float | None) -> str:
        if mean is None:
            return GAP
        height = min(1.0, (mean - least) / span) if span > 0 else 0.0
        return BLOCKS[round(height * (len(BLOCKS) - 1))]

    return "".join(block(mean) for mean in means)


def _parts(values: Sequence[float | None], width: int) -> list[Sequence[float | None]]:
    count = min(width, len(values))
    return [
        values[len(values) * part // count : len(values) * (part + 1) // count]
        for part in range(count)
    ]


def _mean(values: Sequence[float | None]) -> float | None:
    finite = [value for value in values if value is not None and math.isfinite(value)]
    return sum(finite) / len(finite) if finite else None

"""The figures at the chart's cursor: where it stands, and what is read there."""

import math
from collections.abc import Iterable

from gru_tui.curves.thinning import Curves
from gru_tui.figures import loss_figure, perplexity_figure, size

NEAR = 1.0  # columns within which a mark's words are read out


def where(curves: Curves, room: int) -> str:
    """The place of the cursor, and what happened there; "" without one."""
    reading, view = curves.reading, curves.view
    if reading is None or view.cursor is None:
        return ""
    parts = [f"step {reading.step:,}", f"epoch {reading.epoch:.2f}"]
    if view.unit == "characters":
        parts.append(f"{size(reading.x)} characters")
    elif view.unit == "minutes":
        parts.append(f"{reading.x:.1f} min")
    left, right = curves.shown
    column = (right - left) / max(1, view.columns)
    near = [mark for mark in curves.marks if abs(mark.x - view.cursor) <= NEAR * column]
    # Changes before checkpoints, of which there are many.
    near.sort(key=lambda mark: mark.kind == "checkpoint")
    return _fitting([*parts, *(mark.words for mark in near)], room)


def figures(curves: Curves, room: int) -> str:
    """The figures there, the least important ones last; "" without a cursor."""
    reading = curves.reading
    if reading is None or curves.view.cursor is None:
        return ""
    loss = reading.loss[1]
    parts = [f"loss {_between(reading.loss)}"]
    if math.isfinite(loss):
        parts.append(f"perplexity {perplexity_figure(loss).strip()}")
    if reading.validation is not None:
        parts.append(f"validation {loss_figure(reading.validation)}")
    parts.append(f"lr {reading.learning_rate[1]:.4g}")
    if math.isfinite(reading.smooth):
        parts.append(f"smooth {reading.smooth:.3f}")
    return _fitting(parts, room)


def _fitting(parts: Iterable[str], room: int) -> str:
    words = ""
    for part in parts:
        longer = f"{words} · {part}" if words else part
        if len(longer) > room:
            break
        words = longer
    return words


def _between(bounds: tuple[float, float]) -> str:
    """Of a group of points, from the least to the greatest."""
    low, high = (f"{value:.3f}" if math.isfinite(value) else "not finite" for value in bounds)
    return low if low == high else f"{low} to {high}"

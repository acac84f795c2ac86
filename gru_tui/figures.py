"""Numbers as a person reads them: fixed width where they change, separators where they are big."""

import math

from corpora.listing import size_in_words


def loss_figure(loss: float | None) -> str:
    """A loss to three decimals, "–" when there is none, "∞" when it is not finite."""
    if loss is None:
        return "  –  "
    return f"{loss:.3f}" if math.isfinite(loss) else "  ∞  "


def perplexity_figure(loss: float | None) -> str:
    """exp(loss) with at least three significant digits, six wide or, from 100,000 on, seven."""
    if loss is None:
        return "     –"
    if not math.isfinite(loss) or loss > 13:
        return "     ∞"
    value = math.exp(loss)
    digits = 2 if value < 100 else 1 if value < 1000 else 0
    return f"{value:6,.{digits}f}"


def rate_figure(rate: float | None) -> str:
    """Characters a second: 8,120 or 41.3 k or 112 k, six wide."""
    if rate is None:
        return "     –"
    if rate < 9_999.5:
        return f"{rate:6,.0f}"
    if rate < 99_950:
        return f"{rate / 1000:4.1f} k"
    return f"{rate / 1000:4.0f} k" if rate < 999_500 else f"{rate / 1e6:4.1f} M"


def duration(seconds: float | None) -> str:
    """9 s, 4 min, 2 h 05, 3 d 4 h; "–" when unknown."""
    if seconds is None or not math.isfinite(seconds):
        return "–"
    whole = max(0, round(seconds))
    if whole < 100:
        return f"{whole} s"
    minutes = round(whole / 60)
    if minutes < 100:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes:02}"
    return f"{hours // 24} d {hours % 24} h"


def size(characters: int | float) -> str:
    """A length of text: 812, 112 K, 4.7 M."""
    for limit, divisor, unit in ((1e3, 1, ""), (1e6, 1e3, " K"), (1e9, 1e6, " M")):
        if characters < limit * 0.9995:
            value = characters / divisor
            digits = 1 if unit and value < 9.95 else 0
            return f"{value:.{digits}f}{unit}"
    return f"{characters / 1e9:.1f} G"


def memory(size_in_bytes: int | None) -> str:
    """180 MB, 2.1 GB; "–" when unknown."""
    return "–" if size_in_bytes is None else size_in_words(size_in_bytes)

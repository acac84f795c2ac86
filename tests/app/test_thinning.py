"""Round numbers for the axes of a chart."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru_tui.curves.thinning import log_ticks, ticks


@given(st.floats(-100, 100), st.floats(0.001, 1000), st.integers(2, 20))
def test_ticks_are_few_even_and_within_the_bounds(low: float, span: float, most: int) -> None:
    found = ticks(low, low + span, most)
    assert len(found) <= most
    assert all(low - span * 1e-6 <= tick <= low + span * 1.000001 for tick in found)
    gaps = [b - a for a, b in itertools.pairwise(found)]
    assert all(gap == pytest.approx(gaps[0]) for gap in gaps)
    if gaps:
        digits = gaps[0] / 10 ** math.floor(math.log10(gaps[0]) + 1e-9)
        assert min(abs(digits - one) for one in (1, 2, 2.5, 5)) < 1e-6


@given(st.floats(0.01, 100), st.floats(1.01, 1000), st.integers(2, 12))
def test_logarithmic_ticks_are_few_and_within_the_bounds(
    low: float, factor: float, most: int
) -> None:
    high = low * factor
    found = log_ticks(low, high, most)
    assert 1 <= len(found) <= most
    assert found == sorted(found)
    assert all(low * 0.999999 <= tick <= high * 1.000001 for tick in found)


def test_logarithmic_ticks_over_some_decades_are_round() -> None:
    assert log_ticks(2.4, 62, 4) == [5, 10, 20, 50]
    assert log_ticks(2.4, 62, 3) == [5, 20]


def test_bounds_that_span_nothing_have_one_tick() -> None:
    assert ticks(2.0, 2.0, 5) == [2.0]

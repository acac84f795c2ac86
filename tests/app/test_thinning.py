"""Curves as a chart draws them: smoothed, thinned, and with round numbers on the axes."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru_tui.thinning import Smoothed, log_ticks, thinned, ticks

finite = st.floats(-1e6, 1e6)


def test_a_smooth_curve_begins_at_its_first_point() -> None:
    smoothed = Smoothed(0.9)
    smoothed.extend([4.0, 4.0])
    assert smoothed.values == [4.0, 4.0]


def test_a_smooth_curve_keeps_close_to_a_steep_beginning() -> None:
    losses = [4 * math.exp(-step / 30) for step in range(60)]
    smoothed = Smoothed(0.98)
    smoothed.extend(losses)
    assert max(abs(a - b) for a, b in zip(losses, smoothed.values, strict=True)) < 0.3


def test_a_long_curve_is_as_smooth_as_was_asked_for() -> None:
    losses = [2.0 + (-1) ** step for step in range(2000)]
    smoothed = Smoothed(0.98)
    smoothed.extend(losses)
    assert all(abs(value - 2) < 0.02 for value in smoothed.values[-50:])


def test_points_that_are_not_finite_are_left_out_of_the_mean() -> None:
    smoothed = Smoothed(0.9)
    smoothed.extend([math.nan, 2.0, math.inf, 2.0])
    assert math.isnan(smoothed.values[0])
    assert smoothed.values[1:] == [2.0, 2.0, 2.0]


@given(st.lists(finite, max_size=50), st.integers(0, 50))
def test_smoothing_in_two_pieces_is_smoothing_in_one(losses: list[float], place: int) -> None:
    whole, pieces = Smoothed(0.9), Smoothed(0.9)
    whole.extend(losses)
    pieces.extend(losses[:place])
    pieces.extend(losses)
    assert whole.values == pieces.values


@given(st.lists(finite, min_size=1, max_size=400), st.integers(1, 30))
def test_thinning_keeps_order_and_extremes_and_two_points_a_column(
    losses: list[float], columns: int
) -> None:
    points = thinned(range(len(losses)), losses, columns)
    assert len(points.x) <= 2 * columns
    assert list(points.x) == sorted(points.x)
    assert max(points.y) == max(losses)
    assert min(points.y) == min(losses)
    assert all(losses[int(x)] == y for x, y in zip(points.x, points.y, strict=True))


def test_thinning_leaves_out_what_cannot_be_drawn() -> None:
    assert thinned([0, 1, 2], [1.0, math.nan, 3.0], 10).x == (0, 2)


@given(st.floats(-100, 100), st.floats(0.001, 1000), st.integers(2, 20))
def test_ticks_are_few_even_and_within_the_bounds(low: float, span: float, most: int) -> None:
    found = ticks(low, low + span, most)
    assert len(found) <= most
    assert all(low - span * 1e-6 <= tick <= low + span * 1.000001 for tick in found)
    gaps = [b - a for a, b in itertools.pairwise(found)]
    assert all(gap == pytest.approx(gaps[0]) for gap in gaps)


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

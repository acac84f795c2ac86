"""Curves of one line."""

import math

from gru_tui.curves.sparkline import GAP, sparkline


def test_a_falling_curve_falls() -> None:
    drawn = sparkline([8, 7, 6, 5, 4, 3, 2, 1], 8)
    assert drawn[0] == "█"
    assert drawn[-1] == "▁"
    assert list(drawn) == sorted(drawn, reverse=True)


def test_the_steep_beginning_does_not_flatten_the_rest() -> None:
    drawn = sparkline([100.0] + [2 - place / 20 for place in range(19)], 20)
    assert drawn[0] == "█"
    assert len(set(drawn)) > 5


def test_many_points_become_the_means_of_their_parts() -> None:
    assert sparkline([1, 1, 3, 3], 2) == "▁█"
    assert len(sparkline(list(range(1000)), 12)) == 12


def test_what_is_not_finite_is_a_visible_gap() -> None:
    assert sparkline([1, None, 2], 3)[1] == GAP
    assert sparkline([1, math.nan, 2], 3)[1] == GAP
    assert sparkline([None, math.inf], 2) == GAP * 2


def test_no_points_are_no_curve() -> None:
    assert sparkline([], 5) == ""


def test_a_level_curve_lies_on_the_ground() -> None:
    assert sparkline([2, 2, 2], 3) == "▁▁▁"

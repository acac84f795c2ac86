"""Curves of any length: smoothed over all points, kept in groups, thinned for a chart."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru_tui.curves.smoothing import Smoothing
from gru_tui.curves.thinning import Points
from gru_tui.curves.track import BEYOND, Track, thinned

finite = st.floats(-1e6, 1e6)
losses_or_gaps = st.lists(finite | st.just(math.nan), min_size=1, max_size=300)


def rows(losses: list[float], first: int = 0) -> np.ndarray:
    """Points at steps 0, 1, 2 ..., with a second figure that is the first one's negative."""
    count = len(losses)
    steps = np.arange(first, first + count, dtype=float)
    figures = np.array(losses, float)
    return np.column_stack([steps, steps / 10, steps / 60, steps * 100, figures, -figures])


def track(losses: list[float], most: int = 1 << 16) -> Track:
    made = Track(("loss", "other"), (0.9, 0.98), most=most)
    made.add(rows(losses))
    return made


def smoothed(losses: list[float], weight: float) -> list[float]:
    return Smoothing(weight).extend(losses)


def test_a_smooth_curve_begins_at_its_first_point() -> None:
    assert smoothed([4.0, 4.0], 0.9) == [4.0, 4.0]


def test_a_smooth_curve_keeps_close_to_a_steep_beginning() -> None:
    losses = [4 * math.exp(-step / 30) for step in range(60)]
    pairs = zip(losses, smoothed(losses, 0.98), strict=True)
    assert max(abs(a - b) for a, b in pairs) < 0.3


def test_a_long_curve_is_as_smooth_as_was_asked_for() -> None:
    losses = [2.0 + (-1) ** step for step in range(2000)]
    assert all(abs(value - 2) < 0.02 for value in smoothed(losses, 0.98)[-50:])


def test_points_that_are_not_finite_are_left_out_of_the_mean() -> None:
    values = smoothed([math.nan, 2.0, math.inf, 2.0], 0.9)
    assert math.isnan(values[0])
    assert values[1:] == [2.0, 2.0, 2.0]


@given(st.lists(finite, min_size=1, max_size=200), st.floats(0.1, 0.99))
def test_the_mean_is_no_nearer_to_its_beginning_than_its_weights_say(
    losses: list[float], weight: float
) -> None:
    """Its weights add up to one: a curve that is shifted is smoothed to the same, shifted."""
    shifted = smoothed([loss + 1000 for loss in losses], weight)
    for a, b in zip(smoothed(losses, weight), shifted, strict=True):
        assert b == pytest.approx(a + 1000, abs=1e-6)
    assert min(losses) - 1e-6 <= smoothed(losses, weight)[-1] <= max(losses) + 1e-6


@given(st.lists(finite, max_size=50), st.integers(0, 50))
def test_smoothing_in_two_pieces_is_smoothing_in_one(losses: list[float], place: int) -> None:
    pieces = Smoothing(0.9)
    found = pieces.extend(losses[:place]) + pieces.extend(losses[place:])
    assert found == smoothed(losses, 0.9)


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


@given(
    st.lists(finite, min_size=1, max_size=400),
    st.integers(1, 30),
    st.integers(0, 400),
    st.integers(1, 400),
)
def test_a_window_shows_its_own_extremes_and_one_neighbour_on_each_side(
    losses: list[float], columns: int, left: int, width: int
) -> None:
    window = (float(left), float(left + width))
    points = thinned(range(len(losses)), losses, columns, window=window)
    inside = losses[left : left + width + 1]
    shown = [y for x, y in zip(points.x, points.y, strict=True) if left <= x <= left + width]
    around = losses[max(0, left - 1) : left + width + 2]
    if inside:
        # The neighbours share a column with the first and the last points of the window.
        assert set(points.y) <= set(around)
        assert max(points.y) == max(around)
        assert min(points.y) == min(around)
        assert len(shown) <= 2 * columns


def test_a_window_has_one_neighbour_on_each_side_and_the_newest_point_is_always_seen() -> None:
    squares = [float(x * x) for x in range(10)]
    assert thinned(range(10), squares, 40, window=(3.5, 6.5)).x == (3, 4, 5, 6, 7)
    assert thinned(range(10), squares, 40, window=(3.0, 6.0)).x == (2, 3, 4, 5, 6, 7)
    assert thinned(range(1000), [1.0] * 1000, 10).x[-1] == 999


def test_a_group_is_drawn_with_its_least_and_its_greatest() -> None:
    points = thinned([0, 1], [1.0, 1.5], 10, high=[2.0, 1.5])
    assert points == Points((0, 0, 1), (1, 2, 1.5))


def test_thinning_leaves_out_what_cannot_be_drawn() -> None:
    assert thinned([0, 1, 2], [1.0, math.nan, 3.0], 10).x == (0, 2)
    assert thinned([0, 1, 2], [math.nan] * 3, 10).x == ()
    assert thinned([], [], 10).x == ()


@given(losses_or_gaps, st.integers(2, 40), st.lists(st.integers(1, 50), max_size=8))
def test_groups_keep_the_extremes_the_count_and_what_was_not_finite(
    losses: list[float], most: int, pieces: list[int]
) -> None:
    made = Track(("loss", "other"), (0.9,), most=most)
    at = 0
    for piece in [*pieces, len(losses)]:
        made.add(rows(losses[at : at + piece], at))
        at = min(len(losses), at + piece)
    assert len(made) <= most
    known = [loss for loss in losses if math.isfinite(loss)]
    low, high = made.bounds("loss")
    if known:
        assert np.nanmin(low) == min(known)
        assert np.nanmax(high) == max(known)
        assert np.nanmin(made.bounds("other")[0]) == -max(known)
    else:
        assert made.points("steps", "loss", 20, None).x == ()
    assert bool(made.broken("steps")) == (len(known) < len(losses))
    assert made.place("steps")[-1] == len(losses) - 1
    # Smoothed over all points, not over the groups.
    last = made.smooth("steps", 0.9, 1000, None).y
    assert list(last[-1:]) == [v for v in smoothed(losses, 0.9)[-1:] if math.isfinite(v)]
    counts = made.rows[:, 4]
    assert counts.sum() == len(losses)
    assert counts.max() <= made.every


def test_every_group_but_the_last_is_full_in_whatever_pieces_the_points_come() -> None:
    made, at = Track(("loss", "other"), (0.9,), most=4), 0
    for piece in (9, 1, 1, 3, 2, 5, 1, 14):
        made.add(rows([1.0] * piece, at))
        at += piece
        assert set(made.rows[:-1, 4]) <= {made.every}


def test_a_place_that_somebody_made_up_leads_neither_back_nor_out_of_the_world() -> None:
    points = rows([1.0, 2.0, 3.0, 4.0])
    points[:, 1] = [0.1, 2.0**62, 0.2, 0.3]  # epochs
    points[:, 2] = [-1e308, 1.0, 2.0, 1e308]  # minutes
    made = Track(("loss", "other"))
    made.add(points[:3])
    made.add(points[3:])
    assert made.place("epochs").tolist() == [0.1, 2.0**62, 2.0**62, 2.0**62]
    assert made.place("minutes").tolist() == [0.0, 1.0, 2.0, BEYOND]


@pytest.mark.parametrize("figure", [1e308, -1e308, math.inf])
def test_a_figure_beyond_all_arithmetic_is_as_broken_as_what_is_no_number(figure: float) -> None:
    assert track([1.0, figure, 2.0]).broken("steps") == track([1.0, math.nan, 2.0]).broken("steps")


def test_what_is_infinite_is_as_broken_as_what_is_no_number() -> None:
    made = track([1.0, math.inf, 2.0, math.nan])
    assert made.broken("steps") == (1.0, 3.0)
    assert made.points("steps", "loss", 20, None) == Points((0, 2), (1.0, 2.0))


@given(losses_or_gaps, st.integers(4, 60), st.integers(-1, 310))
def test_what_comes_after_a_step_back_is_as_if_nothing_had_been_there(
    losses: list[float], most: int, step: int
) -> None:
    made = track(losses, most)
    grouped = made.every
    assert made.rewind(step) == (step < len(losses) - 1)
    assert all(place <= step for place in made.place("steps"))
    kept = int(made.rows[:, 4].sum())
    # At most a part of one group is lost with what is undone.
    assert min(step + 1, len(losses)) - kept < grouped
    made.add(rows([1.0, 2.0, 3.0], step + 1))
    straight = track([*losses[:kept], 1.0, 2.0, 3.0])
    end, other = made.rows[-1], straight.rows[-1]
    assert (end[6], end[7]) == (other[6], other[7])
    assert made.place("steps")[-1] == step + 3


def test_the_figures_at_a_place_are_those_of_the_nearest_point() -> None:
    made = track([3.0, 2.0, math.nan])
    assert made.nearest("steps", 0.4)["loss"] == (3.0, 3.0)  # type: ignore[index]
    assert made.nearest("epochs", 0.09)["loss"] == (2.0, 2.0)  # type: ignore[index]
    assert made.nearest("steps", 50)["steps"] == 2  # type: ignore[index]
    assert made.before(1.5)["other"] == (-2.0, -2.0)  # type: ignore[index]
    assert made.before(1)["other"] == (-2.0, -2.0)  # type: ignore[index]
    assert made.before(-1) is None
    groups = track([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], most=4)
    assert groups.nearest("steps", 1.9)["loss"] == (3.0, 4.0)  # type: ignore[index]
    assert Track(("loss",)).nearest("steps", 1) is None


@pytest.mark.parametrize("shape", [(3, 5), (0, 0), (70_000, 14)])
def test_rows_of_another_kind_are_refused(shape: tuple[int, int]) -> None:
    made = track([1.0])
    with pytest.raises(ValueError, match="another kind"):
        made.restore(np.zeros(shape), 1)
    with pytest.raises(ValueError, match="nowhere"):
        made.restore(np.full((1, made.rows.shape[1]), np.nan), 1)
    assert len(made) == 1


def test_between_two_groups_lies_the_group_that_ends_there() -> None:
    grouped = track([float(step) for step in range(16)], most=4)
    assert grouped.every == 4
    for step in range(16):  # the groups end at 3, 7, 11 and 15
        found = grouped.nearest("steps", step)
        assert found is not None
        least, greatest = found["loss"]
        assert least <= step <= greatest

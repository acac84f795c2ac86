"""What part of the axis is looked at: always within what there is, and never of no width."""

from hypothesis import given
from hypothesis import strategies as st

from gru_tui.curves import zoom
from gru_tui.curves.thinning import Window

ends = st.floats(1e-3, 1e9)
shares = st.tuples(st.floats(0, 1), st.floats(1e-4, 1))
FULL = (0.0, 100.0)


def window(full: Window, share: tuple[float, float]) -> Window:
    width = (full[1] - full[0]) * share[1]
    left = full[0] + (full[1] - full[0] - width) * share[0]
    return left, left + width


def lies_within(inner: Window, full: Window) -> bool:
    slack = 1e-9 * (full[1] - full[0])
    return full[0] - slack <= inner[0] < inner[1] <= full[1] + slack


@given(ends, shares, st.floats(0.01, 10), st.floats(-0.5, 1.5))
def test_zooming_keeps_within_bounds_and_holds_its_place(
    end: float, share: tuple[float, float], factor: float, at: float
) -> None:
    full = (0.0, end)
    before = window(full, share)
    about = before[0] + (before[1] - before[0]) * at
    after = zoom.zoomed(before, full, factor, about)
    if after is None:
        assert (before[1] - before[0]) * factor >= end * 0.999
        return
    assert lies_within(after, full)
    if factor < 1 and 0 <= at <= 1:
        assert after[0] - 1e-6 * end <= about <= after[1] + 1e-6 * end


@given(ends, shares, st.floats(-5, 5))
def test_panning_keeps_width_and_bounds(
    end: float, share: tuple[float, float], part: float
) -> None:
    full = (0.0, end)
    before = window(full, share)
    after = zoom.panned(before, full, part)
    assert lies_within(after, full)
    assert abs((after[1] - after[0]) - (before[1] - before[0])) <= 1e-9 * end


@given(ends, shares, st.floats(0, 1))
def test_a_window_moves_only_as_far_as_shows_the_place(
    end: float, share: tuple[float, float], at: float
) -> None:
    full = (0.0, end)
    before, x = window(full, share), end * at
    after = zoom.showing(before, full, x)
    assert lies_within(after, full)
    assert after[0] - 1e-9 * end <= x <= after[1] + 1e-9 * end
    if before[0] <= x <= before[1]:
        assert after == before
    elif before != full:
        assert abs(x - (after[0] if x < before[0] else after[1])) <= 1e-9 * end


def test_zooming_in_and_out_again_comes_back() -> None:
    closer = zoom.zoomed(FULL, FULL, 0.5, 100.0)
    assert closer == (50.0, 100.0)
    assert zoom.zoomed(closer, FULL, 0.5, 100.0) == (75.0, 100.0)
    assert zoom.zoomed(closer, FULL, 2.0, 100.0) is None


def test_there_is_a_closest_look() -> None:
    found: Window | None = FULL
    for _ in range(60):
        assert found is not None
        found = zoom.zoomed(found, FULL, 0.5, 30.0)
    assert found is not None
    assert found[1] - found[0] >= 100 / zoom.MOST * 0.999


def test_panned_to_the_end_it_ends_exactly_there() -> None:
    assert zoom.panned((10.0, 20.1), FULL, 100)[1] == 100.0
    assert zoom.panned((10.0, 20.1), FULL, -100)[0] == 0.0

"""The figures at an axis say where they stand, on every chart and however close one looks."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual_plotext import Plot

from gru_tui.commands.plain_chart import Paper, drawn
from gru_tui.curves.axis import COUNTED, across, exact, short
from gru_tui.curves.svg_chart import svg
from gru_tui.curves.thinning import LEAST, UNITS, Curves, Points, Unit, View, ticks
from gru_tui.panes.plotting import Drawing, draw

COLOURS = dict.fromkeys(
    ("training", "raw", "validation", "floor", "marks", "axes"), (200, 200, 200)
)
SCALES = {"": 1.0, "K": 1e3, "M": 1e6, "G": 1e9}


def read(figure: str) -> float:
    """The number that a person reads there."""
    number, _, unit = figure.replace(",", "").partition(" ")
    return float(number) * SCALES[unit]


def few_steps(steps: int, window: tuple[float, float] | None = None) -> Curves:
    x = tuple(float(step) for step in range(1, steps + 1))
    points = Points(x, tuple(3.0 - 0.1 * each for each in x))
    return Curves(View(smoothing=0.0), raw=points, end=float(steps), window=window)


def are_steps(figures: list[str]) -> bool:
    steps = [int(figure) for figure in figures]
    return len(steps) > 1 and all(a < b for a, b in pairwise(steps))


@given(
    st.sampled_from(UNITS),
    st.floats(0, 1e9),
    st.one_of(st.integers(1, 12).map(float), st.floats(1e-4, 1e9)),
    st.integers(2, 14),
)
def test_figures_equal_their_places_and_grow(
    unit: Unit, left: float, span: float, most: int
) -> None:
    places, found = across((left, left + span), unit, most)
    numbers = [read(figure) for figure in found]
    gap = min((b - a for a, b in pairwise(places)), default=max(span, 1.0))
    assert numbers == pytest.approx(places, abs=gap / 100, rel=0)
    assert all(a < b for a, b in pairwise(numbers))
    assert len(places) <= most
    if unit in COUNTED:
        assert all(place.is_integer() for place in places)


@pytest.mark.parametrize("span", range(1, 13))
@pytest.mark.parametrize("left", [0, 5, 999_998])
def test_few_steps_are_counted_one_by_one_or_by_whole_strides(span: int, left: int) -> None:
    places, found = across((left, left + span), "steps", 5)
    assert len(places) >= 2
    assert [int(figure.replace(",", "")) for figure in found] == places


def test_between_two_steps_nothing_is_counted() -> None:
    assert across((5.2, 5.8), "steps", 5) == ([], [])
    draw(plot := Plot(), few_steps(12, (5.2, 5.8)), Drawing(width=80, height=20, colours=COLOURS))
    assert "└" in plot.build()


@pytest.mark.parametrize("steps", range(1, 13))
def test_the_charts_of_a_short_run_have_whole_steps(steps: int) -> None:
    width = max(steps, LEAST["steps"])
    for window in (None, (width - steps, width)):
        curves = few_steps(steps, window)
        draw(plot := Plot(), curves, Drawing(width=80, height=20, colours=COLOURS))
        assert are_steps(plot.uncolorize(plot.build()).rstrip().split("\n")[-1].split())
        middles = re.findall(r'y="504.0"[^>]*text-anchor="middle"[^>]*>([^<]+)<', svg(curves, ""))
        assert are_steps(middles)
    assert are_steps(drawn(few_steps(steps), Paper()).splitlines()[-1].split())


def test_millions_are_short_where_that_is_exact() -> None:
    assert short([0, 2.5e6, 5e6, 7.5e6, 10e6, 12.5e6]) == [
        *("0", "2.5 M", "5 M", "7.5 M", "10 M", "12.5 M")
    ]
    assert short([0, 5e5, 1e6]) == ["0", "500 K", "1 M"]
    assert short([0, 1e9, 2e9]) == ["0", "1 G", "2 G"]
    assert short([1e9, 1_000_500_000]) == ["1,000,000,000", "1,000,500,000"]
    assert short([3_000_000, 3_000_001]) == ["3,000,000", "3,000,001"]


def test_close_losses_have_enough_decimals() -> None:
    assert exact(ticks(11.002, 11.01, 5)) == ["11.002", "11.004", "11.006", "11.008", "11.01"]


def test_big_perplexities_have_separators() -> None:
    curves = Curves(View(smoothing=0.0), raw=Points((0.0, 9.0), (8.49, 8.54)), end=9.0)
    draw(plot := Plot(), curves, Drawing(width=80, height=14, colours=COLOURS))
    lines = plot.uncolorize(plot.build()).splitlines()
    right = [line.rpartition("├")[2].strip() for line in lines if "├" in line]
    assert right == ["5,200", "5,000", "4,800"]

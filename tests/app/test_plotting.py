"""The chart's drawing: curve, axes, floor and marks, as characters."""

import math
import random
from itertools import pairwise

from textual_plotext import Plot

from gru_tui.curves.history import History
from gru_tui.curves.thinning import Curves, Mark, Points, View, spread
from gru_tui.panes.plotting import Drawing, beside, draw
from tests.curves.test_history import step

COLOURS = dict.fromkeys(
    ("training", "raw", "validation", "floor", "marks", "axes"), (200, 200, 200)
)
CURVE = Points(
    tuple(float(step) for step in range(100)),
    tuple(1 + 3 * math.exp(-step / 20) for step in range(100)),
)


def drawn(curves: Curves, width: int = 80, height: int = 20, **details: bool) -> list[str]:
    plot = Plot()
    draw(plot, curves, Drawing(width=width, height=height, colours=COLOURS, **details))
    lines: list[str] = plot.uncolorize(plot.build()).rstrip().split("\n")
    return lines


def test_the_loss_has_perplexity_at_its_right() -> None:
    lines = drawn(Curves(raw=CURVE, smooth=CURVE))
    assert lines[0].lstrip().startswith(("│", "4"))
    left = [line.split("┤")[0].strip() for line in lines if "┤" in line]
    right = [line.split("├")[1].strip() for line in lines if "├" in line]
    assert left == ["4", "3", "2", "1"] or left == sorted(left, reverse=True)
    assert right == sorted(right, key=float, reverse=True)
    assert float(right[0]) <= math.exp(4.3)
    assert len(right) >= 3


def test_a_validation_of_a_lost_model_is_drawn_however_large_its_loss() -> None:
    lost = Points((99.0,), (20_000.0,))
    for logarithmic in (False, True):
        lines = drawn(Curves(raw=CURVE, validation=lost), logarithmic=logarithmic)
        assert "●" in "".join(lines)


def test_a_narrow_chart_has_one_axis() -> None:
    assert not any("├" in line for line in drawn(Curves(raw=CURVE, smooth=CURVE), width=50))


def test_perplexity_alone_is_drawn_without_a_second_axis() -> None:
    lines = drawn(Curves(raw=CURVE, smooth=CURVE), perplexity=True)
    assert not any("├" in line for line in lines)
    assert any(line.lstrip().startswith("50┤") for line in lines)


def test_the_figures_of_an_axis_have_the_same_decimals() -> None:
    curve = Points((0.0, 1.0), (1.0, 2.2))
    figures = [line.split("┤")[0].strip() for line in drawn(Curves(raw=curve)) if "┤" in line]
    assert len({len(figure) for figure in figures}) == 1


def test_many_validations_do_not_hide_the_curves() -> None:
    measured = Points(CURVE.x[1:], tuple(y + 0.02 for y in CURVE.y[1:]))
    spike = Points(measured.x, (*measured.y[:60], 4.0, *measured.y[61:]))
    lines = drawn(Curves(raw=CURVE, smooth=CURVE, validation=spike))
    columns = [column for line in lines for column, mark in enumerate(line) if mark == "●"]
    assert 15 <= len(columns) <= 20
    assert all(b - a > 1 for a, b in pairwise(sorted(columns)))
    # What is not marked is not left out: a line leads there.
    assert any(mark not in " │┤├·" for mark in lines[1][40:60])
    few = Points(measured.x[::10], measured.y[::10])
    assert "".join(drawn(Curves(raw=CURVE, validation=few))).count("●") == len(few.x)


def test_many_checkpoints_are_no_fence() -> None:
    marks = tuple(Mark(x, "saved", "checkpoint") for x in CURVE.x)
    (row,) = [line for line in drawn(Curves(raw=CURVE, marks=marks)) if "▴" in line]
    assert 15 <= row.count("▴") <= 20
    assert "▴▴" not in row


def test_many_changes_are_no_fence_and_the_newest_keep_their_lines() -> None:
    marks = tuple(Mark(float(x), f"change {x}") for x in range(1, 98, 2))
    lines = drawn(Curves(raw=CURVE, marks=marks))
    middle, foot = lines[8].strip(), lines[-3].strip()
    assert middle[1:].count("│") == 4 + (middle[-1] == "│")  # besides the axes
    assert foot.count("│") > 30
    assert all(f"change {x}" in "".join(lines) for x in (91, 93, 95, 97))


def test_which_validations_are_marked_changes_seldom() -> None:
    changes, before = 0, set[float]()
    for count in range(1, 200):
        places = tuple(map(float, range(count)))
        marked = spread(Points(places, places), 20)
        assert marked.x[-1] == count - 1
        assert len(marked.x) <= 21
        changes += not before <= set(marked.x)
        before = set(marked.x[:-1])
    assert changes < 15


def test_floor_and_validation_are_drawn() -> None:
    curves = Curves(raw=CURVE, validation=Points((50.0,), (2.5,)), floor=0.7)
    lines = drawn(curves)
    assert any("┄┄┄┄┄" in line for line in lines)
    assert any("●" in line for line in lines)


def rows_of(sign: str, lines: list[str]) -> set[int]:
    return {number for number, line in enumerate(lines) if sign in line.split("┤")[-1]}


def test_the_raw_points_of_what_is_looked_at_are_in_sight() -> None:
    steps = tuple(float(step) for step in range(100))
    raw = Points(steps, tuple(1.9 + (0.1 if step % 2 else -0.1) for step in range(100)))
    curves = Curves(View(smoothing=0.9), raw=raw, smooth=Points(steps, (1.9,) * 100))
    lines = drawn(curves)
    assert sum(line.count("·") for line in lines) > 40
    assert len(rows_of("·", lines)) == 2


def test_spikes_neither_decide_the_scale_nor_are_passed_over() -> None:
    steps, spikes = 100_000, 20
    history, chance = History(), random.Random(4)
    at = set(chance.sample(range(steps // 3, steps - 1), spikes))
    for number in range(steps):
        loss = 20.0 if number in at else chance.gauss(1.5, 0.05)
        history.take(step(number, loss))
    lines = drawn(history.curves(View(columns=108)), width=120)
    figures = [float(line.split("┤")[0]) for line in lines if "┤" in line]
    assert max(figures) < 5
    assert 0 in rows_of("·", lines)


def test_every_mark_has_its_words_on_a_line_of_its_own() -> None:
    marks = tuple(Mark(x, f"change {x:g}") for x in (10.0, 11.0, 12.0, 97.0))
    lines = drawn(Curves(raw=CURVE, marks=marks))
    places = [next(n for n, line in enumerate(lines) if f"change {x}" in line) for x in (10, 11)]
    assert places[0] != places[1]
    assert any("change 97" in line for line in lines)


def test_curves_of_one_point_and_of_extreme_losses_are_no_trouble() -> None:
    drawn(Curves(raw=Points((1.0,), (2.0,))))
    drawn(Curves(validation=Points((0.0,), (2.0,))), perplexity=True)
    for details in ({"logarithmic": True}, {"perplexity": True, "logarithmic": True}):
        drawn(Curves(raw=Points((1.0, 2.0), (0.0, 50.0)), view=View("minutes")), **details)


def test_words_stand_where_there_is_room_and_are_cut_where_there_is_none() -> None:
    assert beside("lr 1 → 2", 10, 40) == (" lr 1 → 2", "left")
    assert beside("lr 1 → 2", 40, 5) == ("lr 1 → 2 ", "right")
    assert beside("learning rate", 5, 8) == (" learni…", "left")

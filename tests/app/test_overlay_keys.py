"""Zooming and moving what a comparison shows, by the keys and the wheel of the Train chart."""

from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.content import Content
from textual.events import MouseScrollDown, MouseScrollUp

from engine.events import Validation
from gru_tui.actions import actions
from gru_tui.curves.comparison import MARKERS
from gru_tui.panes.overlay import READING, OverlayPane, fitting
from gru_tui.panes.plotting import BROKEN
from gru_tui.runs.store import Store
from tests.app.made_up_run import STEPS, made_up_run
from tests.app.on_runs import OnRuns, listed
from tests.app.runs_on_disk import trained_run, write
from tests.app.waiting import until

Window = tuple[float, float]


@pytest.fixture
def app(tmp_path: Path) -> OnRuns:
    """Over a run of 480 steps and one of 5."""
    store = Store(tmp_path)
    trained_run(store)
    made_up_run(store)
    return OnRuns(tmp_path)


def shown(chart: OverlayPane, window: Window) -> bool:
    """Whether that part is drawn, by the curves that were read for it."""
    return chart._overlay.shown == window and chart._overlay.view == chart.view


async def test_keys_zoom_pan_and_reset_the_comparison(app: OnRuns) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await listed(pilot, app, 2)
        await pilot.press("plus")
        assert "Select runs" in app.told[-1]
        await pilot.press("space", "down", "space")
        chart = app.screen.query_one(OverlayPane)
        await until(pilot, lambda: shown(chart, (0, STEPS)), "all of both")
        for key, window in {
            "plus": (STEPS / 2, STEPS),  # the newest half
            "equals_sign": (STEPS * 3 / 4, STEPS),
            "left": (STEPS * 11 / 16, STEPS * 15 / 16),
            "full_stop": (STEPS * 3 / 4, STEPS),
            "minus": (STEPS / 2, STEPS),
        }.items():
            await pilot.press(key)
            await until(pilot, lambda: shown(chart, window), f"{key} leads to {window}")  # noqa: B023
        assert "2x, 0 for all" in str(chart.border_subtitle)
        lowest = str(chart.render()).rstrip().split("\n")[-1]
        assert float(lowest.split()[0]) >= STEPS / 2
        await pilot.press("e")  # another unit: the whole again
        await until(pilot, lambda: shown(chart, (0, 5.0)), "all epochs")
        await pilot.press("plus", "0")
        await until(pilot, lambda: shown(chart, (0, 5.0)), "all epochs again")


async def test_what_was_not_finite_is_marked_in_a_comparison_too(
    app: OnRuns, tmp_path: Path
) -> None:
    broken = Validation(loss=None, perplexity=None, bits_per_character=None, best=False, step=3)
    write(Store(tmp_path).list()[0].path, broken)
    async with app.run_test(size=(120, 40)) as pilot:
        await listed(pilot, app, 2)
        assert READING in str(app.screen.query_one(OverlayPane).render())
        await pilot.press("space", "down", "space")
        chart = app.screen.query_one(OverlayPane)
        await until(pilot, lambda: shown(chart, (0, STEPS)), "all of both")
        assert BROKEN in str(chart.render())
        assert f"{BROKEN} not finite" in str(chart.border_subtitle)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_what_stands_beneath_a_comparison_fits_its_frame(
    app: OnRuns, tmp_path: Path, size: tuple[int, int]
) -> None:
    broken = Validation(loss=None, perplexity=None, bits_per_character=None, best=False, step=3)
    write(Store(tmp_path).list()[0].path, broken)
    async with app.run_test(size=size) as pilot:
        await listed(pilot, app, 2)
        await pilot.press("space", "down", "space", "l")
        chart = app.screen.query_one(OverlayPane)
        await until(pilot, lambda: shown(chart, (0, STEPS)), "all of both")
        await pilot.press("plus")
        await until(pilot, lambda: shown(chart, (STEPS / 2, STEPS)), "the newest half")
        words = str(chart.border_subtitle)
        assert cell_len(words) <= chart.size.width - 4
        for part in (f"{BROKEN} not finite", "steps", "2x", "log"):
            assert part in words


async def test_the_wheel_zooms_about_what_it_points_at(app: OnRuns) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await listed(pilot, app, 2)
        await pilot.press("space", "down", "space")
        chart = app.screen.query_one(OverlayPane)
        await until(pilot, lambda: shown(chart, (0, STEPS)), "all of both")
        first, last = chart._edges
        await pilot._post_mouse_events(
            [MouseScrollUp], chart, offset=(1 + first + (last - first) // 4, 8)
        )
        await until(pilot, lambda: chart._overlay.window is not None, "closer")
        left, right = chart._overlay.shown
        assert right - left == pytest.approx(STEPS / 2)
        assert left < STEPS / 4 < right < STEPS * 0.7
        await pilot._post_mouse_events([MouseScrollDown], chart, offset=(20, 8))
        await until(pilot, lambda: shown(chart, (0, STEPS)), "all again")


def test_the_keys_are_those_of_the_train_chart() -> None:
    of_train = {row.id: row.keys for row in actions("train")}
    same = [row for row in actions("runs") if row.id.startswith(("zoom", "chart", "reset_chart"))]
    assert len(same) == 5
    assert all(row.keys == of_train[row.id] for row in same)


def test_the_longest_names_of_the_legend_are_cut_first() -> None:
    assert fitting(["fox", "a-long-name", "owl-of-it"], 31, gap=2) == [
        "fox",
        "a-long-name",
        "owl-of-it",
    ]
    assert fitting(["fox", "a-long-name", "owl-of-it"], 25, gap=2) == [
        "fox",
        "a-long-…",
        "owl-of-…",
    ]
    assert fitting(["a-long-name"] * 8, 72, gap=5) == ["a-l…"] * 8


def test_where_no_names_fit_the_legend_still_has_every_marker() -> None:
    assert fitting(["a-long-name"] * 8, 71, gap=5) == [""] * 8


async def test_the_legend_of_eight_runs_fits_its_frame(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for _ in MARKERS:
        trained_run(store)
    app = OnRuns(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await listed(pilot, app, len(MARKERS))
        await pilot.press(*["space", "down"] * len(MARKERS))
        chart = app.screen.query_one(OverlayPane)
        await until(pilot, lambda: len(chart._overlay.runs) == len(MARKERS), "all are read")
        legend = Content.from_markup(str(chart.border_title)).plain
        assert cell_len(legend) <= chart.size.width - 4
        assert all(marker in legend for marker in MARKERS)

"""The Train screen in terminals of every size: nothing is cut off, nothing lies over anything."""

from itertools import combinations

import pytest
from textual.widgets import Static

from engine.hyperparameters import FIELDS
from gru_tui.panes.chart import ChartPane
from gru_tui.panes.corpus import CorpusList, CorpusPane
from gru_tui.panes.hyperparameters import HyperparametersPane
from tests.app.on_train import OnTrain, begin, edit, ready, set_up
from tests.app.waiting import until

PANES = ("TopBar", "#corpus", "#form", "#chart", "#samples", "StatusLine", "HintLine", "KeyLine")


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (110, 30), (120, 40), (160, 45), (200, 50)])
async def test_the_panes_share_the_screen(app: OnTrain, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await ready(pilot, app)
        shown = [app.train.query_one(pane) for pane in PANES]
        regions = {str(pane): pane.region for pane in shown if pane.region.area}
        for region in regions.values():
            assert app.screen.region.contains_region(region)
        for (one, first), (other, second) in combinations(regions.items(), 2):
            assert not first.overlaps(second), f"{one} lies over {other}"
        chart = app.train.query_one(ChartPane).region
        assert chart.area >= max(region.area for region in regions.values())
        if size[0] >= 110:
            assert len(regions) == len(PANES)


@pytest.mark.parametrize("size", [(60, 16), (80, 24)])
async def test_on_a_small_screen_the_form_slides_over_when_asked_for(
    app: OnTrain, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size) as pilot:
        await ready(pilot, app)
        form = app.train.query_one(HyperparametersPane)
        corpora = app.train.query_one(CorpusPane)
        assert (form.region.area, corpora.region.area) == (0, 0)
        await pilot.press("h")
        await until(pilot, lambda: form.region.width > 40)
        assert app.row("learning_rate").entry.region.width > 8
        assert "esc Back" in app.keys
        await pilot.press("escape")
        await until(pilot, lambda: form.region.area == 0)
        await pilot.press("c")
        await until(pilot, lambda: corpora.region.width > 40)


@pytest.mark.parametrize(
    ("size", "panes"),
    [
        ((60, 16), ["samples", "corpus", "form", "chart", "samples"]),
        ((80, 21), ["samples", "corpus", "form", "chart", "samples"]),
        ((80, 24), [None] * 5),  # there chart and samples have room, one above the other
    ],
    ids=str,
)
async def test_z_goes_round_all_panes_and_is_typed_into_no_field(
    app: OnTrain, size: tuple[int, int], panes: list[str | None]
) -> None:
    async with app.run_test(size=size) as pilot:
        await ready(pilot, app)
        shown = [app.train.query_one(f"#{pane}") for pane in ("samples", "corpus", "form", "chart")]

        async def press_z(expected: list[bool], words: str) -> None:
            await pilot.press("z")
            await until(
                pilot, lambda: [bool(each.region.area) for each in shown] == expected, words
            )

        at_first = [bool(pane.region.area) for pane in shown]
        before = {field.name: app.train.draft.text(field.name) for field in FIELDS}
        for pane in panes:
            expected = at_first if pane is None else [each.id == pane for each in shown]
            await press_z(expected, f"z leads to {pane}")
        assert {field.name: app.train.draft.text(field.name) for field in FIELDS} == before
        assert app.train.draft.preset() == "default"


async def test_where_z_leads_to_the_form_its_fields_are_a_key_away(app: OnTrain) -> None:
    async with app.run_test(size=(60, 16)) as pilot:
        await ready(pilot, app)
        await pilot.press("z", "z", "z", "down")
        await until(pilot, lambda: app.row("learning_rate").entry.has_focus)
        await pilot.press("escape")
        await until(pilot, lambda: app.train.query_one(ChartPane).region.area > 0)


@pytest.mark.parametrize("size", [(59, 24), (80, 15)])
async def test_a_terminal_that_is_too_small_is_told_so(app: OnTrain, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        words = app.train.query_one("#too-small", Static)
        await until(pilot, lambda: words.region.area > 0)
        assert f"{size[0]}x{size[1]}" in str(words.render())
        assert app.train.query_one(ChartPane).region.area == 0
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: app.train.query_one(ChartPane).region.area > 0)
        assert words.region.area == 0


async def test_the_curve_keeps_to_the_chart_at_every_size(app: OnTrain, river: str) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot, app, river)
        chart = app.train.query_one(ChartPane)
        for size in ((60, 16), (120, 40), (200, 50)):
            await pilot.resize_terminal(*size)
            await until(pilot, lambda: "└┬" in app.drawn)
            lines = app.drawn.rstrip().split("\n")
            assert len(lines) <= chart.size.height
            assert max(map(len, lines)) <= chart.size.width


async def test_the_chart_shows_what_its_keys_ask_for(app: OnTrain, river: str) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await begin(pilot, app, river)
        chart = app.train.query_one(ChartPane)
        await until(pilot, lambda: "steps" in str(chart.border_subtitle))
        await pilot.press("e")
        await until(pilot, lambda: "epochs" in str(chart.border_subtitle))
        await pilot.press("l")
        await until(pilot, lambda: "logarithmic" in str(chart.border_subtitle))
        await pilot.press("m")
        await until(pilot, lambda: "smoothing 0.98" in str(chart.border_subtitle))
        await pilot.press("p")
        await until(pilot, lambda: str(chart.border_title).startswith("Perplexity"))


@pytest.mark.parametrize("size", [(120, 16), (120, 24), (120, 31), (200, 20)], ids=str)
async def test_on_a_wide_and_low_screen_nothing_hangs_out_of_the_side(
    app: OnTrain, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size) as pilot:
        await ready(pilot, app)
        side, rows = app.train.query_one("#side"), app.train.query_one(CorpusList)
        await until(pilot, lambda: rows.option_count > 4, "all corpora are listed")
        await pilot.press("c", "end")
        await until(pilot, lambda: rows.highlighted == rows.option_count - 1, "the last row")
        corpus, form = app.train.query_one("#corpus"), app.train.query_one("#form")
        await until(pilot, lambda: rows.max_scroll_y == rows.scroll_offset.y, "it is in sight")
        for pane in (corpus, form):
            assert side.region.contains_region(pane.region)
        assert corpus.content_region.contains_region(rows.region)


async def test_start_is_not_offered_again_while_the_trainer_starts(
    app: OnTrain, river: str
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await set_up(pilot, app, river)
        assert "^s Start" in app.keys
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.state or "Start" in app.keys)
        assert "Start" not in app.keys
        await until(pilot, lambda: "^s Pause" in app.keys)


async def test_the_way_out_of_an_edited_field_is_offered_on_a_small_screen(
    app: OnTrain, river: str
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot, app, river)
        await pilot.press("h")
        await edit(pilot, app, "learning_rate", "0.002")
        await until(pilot, lambda: "^a Apply now" in app.keys)
        assert "esc Back" in app.keys

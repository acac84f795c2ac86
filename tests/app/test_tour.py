"""The demonstration: a run that falls at once, and five notes that cover nothing."""

from functools import partial
from pathlib import Path

import pytest

from engine.events import State, Step
from gru_tui import tour
from gru_tui.context import Context
from gru_tui.panes.chart import ChartPane
from gru_tui.panes.tour import TourPane
from tests.app.on_train import OnTrain, ready, runs
from tests.app.waiting import until
from tests.runs import making


def pane(app: OnTrain) -> TourPane:
    return app.train.query_one(TourPane)


def is_at(shown: TourPane, number: int) -> bool:
    return f"{number} of 5" in str(shown.border_title) and shown.region.height > 0


async def test_one_key_on_the_empty_screen_starts_a_run_and_the_notes(app: OnTrain) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        assert "d    see a small model learn" in app.drawn
        await pilot.press("d")
        await until(pilot, lambda: pane(app).is_open, "the first note is shown")
        await until(pilot, lambda: app.step > 60, "it trains")
        (run,) = runs(app)
        losses = [event.loss for event in making.of(Step, making.events(run))]
        assert losses[0] is not None
        assert losses[-1] is not None
        assert losses[0] - losses[-1] > 1, "the loss falls visibly within a few dozen steps"
        await pilot.press("d")
        await pilot.pause()
        assert len(runs(app)) == 1, "a run is shown: the key does nothing"


def test_a_fast_machine_is_not_needed_for_the_first_ten_seconds() -> None:
    """The first steps come in less time than a person waits, and the run outlasts the notes."""
    from gru_tui.demonstration import SETTINGS

    assert SETTINGS["hidden_size"] * SETTINGS["layers"] * SETTINGS["batch_size"] <= 2_000
    assert SETTINGS["max_seconds"] >= 120


@pytest.mark.parametrize("size", [(60, 20), (80, 20), (80, 24), (120, 40)], ids=str)
async def test_each_note_is_whole_and_leaves_chart_and_sample_in_sight(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    app = OnTrain(tmp_path / "data")
    app.context.tour = True
    async with app.run_test(size=size) as pilot:
        await ready(pilot, app)
        for number, note in enumerate(tour.NOTES, start=1):
            shown = pane(app)
            await until(pilot, partial(is_at, shown, number), f"note {number} is shown")
            lines = shown.render_lines(shown.outer_size.region)[1:-1]
            words = " ".join(line.text.strip("│ ") for line in lines)
            assert words.split() == note.words.split(), "no word is cut off"
            chart = app.train.query_one(ChartPane)
            assert chart.region.height >= 6
            assert not chart.region.overlaps(shown.region)
            assert app.samples.region.height >= 4
            assert app.samples.region.bottom <= shown.region.y
            assert app.train.query_one("#main").region.contains_region(shown.region)
            await pilot.press("enter")
        await until(pilot, lambda: not pane(app).is_open, "after the last note there is none")


@pytest.mark.parametrize("height", [16, 19])
async def test_on_a_low_screen_a_note_leaves_room_for_the_pane_whose_turn_it_is(
    tmp_path: Path, height: int
) -> None:
    app = OnTrain(tmp_path / "data")
    app.context.tour = True
    async with app.run_test(size=(60, height)) as pilot:
        await ready(pilot, app)
        await until(pilot, partial(is_at, pane(app), 1), "the first note is shown")
        main, chart = app.train.query_one("#main"), app.train.query_one(ChartPane)
        for shown in (chart, app.samples):
            await until(pilot, lambda: shown.display, "it is this one's turn")  # noqa: B023
            assert shown.region.height >= 6
            assert shown.region.bottom <= pane(app).region.y
            assert main.region.contains_region(pane(app).region)
            await pilot.press("z")
        await pilot.resize_terminal(60, 24)
        await until(pilot, lambda: chart.display and app.samples.display, "both have room")


async def test_on_a_wide_and_low_screen_a_note_takes_the_place_of_the_samples(
    tmp_path: Path,
) -> None:
    app = OnTrain(tmp_path / "data")
    app.context.tour = True
    async with app.run_test(size=(120, 16)) as pilot:
        await ready(pilot, app)
        await until(pilot, partial(is_at, pane(app), 1), "the first note is shown")
        main, chart = app.train.query_one("#main"), app.train.query_one(ChartPane)
        await until(pilot, lambda: not app.samples.display, "the samples are not")
        assert main.region.contains_region(pane(app).region)
        assert chart.region.height >= 6
        assert chart.region.bottom <= pane(app).region.y
        await pilot.press("escape")
        await until(pilot, lambda: app.samples.display, "they are back")


async def test_escape_skips_the_notes_and_the_next_time_they_are_back(app: OnTrain) -> None:
    app.context.tour = True
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await pilot.press("h")
        await pilot.press("escape")
        assert pane(app).is_open, "the first escape leaves the form"
        await pilot.press("escape")
        await until(pilot, lambda: not pane(app).is_open)
    assert tour.is_wanted(app.context.data_dir)


async def test_never_again_is_remembered(app: OnTrain) -> None:
    app.context.tour = True
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await pilot.press("exclamation_mark")
        await until(pilot, lambda: not tour.is_wanted(app.context.data_dir), "it is written down")
        assert not pane(app).is_open
        await pilot.press("d")
        await until(pilot, lambda: app.step > 0, "the demonstration trains")
        assert not pane(app).is_open
    (run,) = runs(app)
    assert "running" in [event.state for event in making.of(State, making.events(run))]


def test_a_data_directory_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    from corpora.errors import ReportedError

    (tmp_path / "file").write_text("")
    with pytest.raises(ReportedError, match="cannot be made"):
        tour.never_again(Context(tmp_path / "file" / "data").data_dir)

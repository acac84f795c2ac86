"""One pane at a time at 60x20: which one, how one comes to the next, and what else is seen."""

from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widget import Widget

from gru_tui.panes.keyline import KeyLine
from gru_tui.runs.store import Store
from tests.app.made_up_run import STEPS, made_up_run
from tests.app.on_train import OnTrain, begin
from tests.app.runs_on_disk import trained_run
from tests.app.test_fit import cut_words, misfits, on_screen
from tests.app.waiting import until

SMALL, LARGE = (60, 20), (120, 40)
PANES = {
    "1": "#corpus, #form, #chart, #samples",
    "2": "#runs, #run-detail, #overlay, #differences",
    "3": "#settings, #text",
}


@pytest.fixture
def two(app: OnTrain) -> OnTrain:
    """Over two runs, of which it shows amber-fox."""
    store = Store(app.context.data_dir)
    trained_run(store).rename("pale-heron")
    app.context.run_id = made_up_run(store).id
    return app


def seen(app: OnTrain, panes: str) -> list[str]:
    return [str(each.id) for each in app.screen.query(panes).results(Widget) if each.region.area]


def keys(app: OnTrain) -> str:
    return str(app.screen.query_one(KeyLine).render())


async def to(pilot: Pilot[Any], app: OnTrain, panes: str, key: str, *expected: str) -> None:
    await pilot.press(*key.split())
    await until(pilot, lambda: seen(app, panes) == list(expected), f"{key} shows {expected}")
    assert misfits(app.screen) + cut_words(app.screen) == []


async def test_the_panes_of_each_screen_take_turns(two: OnTrain) -> None:
    async with two.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: two.step == STEPS)
        panes = PANES["1"]
        for key, offered, pane in (
            ("", "z Samples", "chart"),
            ("z", "z Corpus", "samples"),
            ("z", "z Hyperparameters", "corpus"),
            ("z", "z Chart", "form"),
            ("z", "z Samples", "chart"),
            ("end", "z Corpus", "samples"),
            ("h", "esc Back", "form"),
            ("escape", "z Samples", "chart"),
        ):
            await to(pilot, two, panes, key, pane)
            await until(pilot, lambda: offered in keys(two), offered)  # noqa: B023
        await on_screen(pilot, two, "2")
        panes = PANES["2"]
        assert "z Details" in keys(two)
        await to(pilot, two, panes, "z", "run-detail")
        await to(pilot, two, panes, "z", "runs", "run-detail")
        await to(pilot, two, panes, "space down space", "runs", "overlay")
        await to(pilot, two, panes, "z", "differences")
        await to(pilot, two, panes, "z", "overlay")
        await to(pilot, two, panes, "z", "runs", "overlay")
        assert two.screen.focused is two.screen.query_one("#runs")
        await on_screen(pilot, two, "3")
        panes = PANES["3"]
        assert "z Settings" in keys(two)
        await to(pilot, two, panes, "z", "settings")
        await to(pilot, two, panes, "tab tab escape", "text")
        assert two.screen.focused is two.screen.query_one("#text")


async def test_it_is_resized_at_any_moment_while_a_run_trains(app: OnTrain, river: str) -> None:
    async with app.run_test(size=SMALL) as pilot:
        await begin(pilot, app, river)
        for screen, panes, many in (
            ("1", PANES["1"], ["corpus", "form", "chart", "samples"]),
            ("2", PANES["2"], ["runs", "run-detail"]),
            ("3", PANES["3"], ["settings", "text"]),
        ):
            if screen != "1":
                await on_screen(pilot, app, screen)
            await pilot.press("z")
            few = seen(app, panes)
            assert len(few) == 1
            await pilot.resize_terminal(*LARGE)
            await until(pilot, lambda: seen(app, panes) == many, "all are seen")  # noqa: B023
            assert "z " not in keys(app)
            app.told.clear()
            await pilot.press("z")
            await until(pilot, lambda: "smaller terminal" in str(app.told), "z says why not")
            for size in ((40, 12), (1, 1), (80, 24), SMALL):
                await pilot.resize_terminal(*size)
                await pilot.pause()
            await until(pilot, lambda: seen(app, panes) == few, "the same as before")  # noqa: B023
        step = app.step
        await until(pilot, lambda: app.step > step, "it has gone on")


@pytest.mark.parametrize("size", [(40, 12), (30, 8)], ids=str)
async def test_below_60x16_it_says_what_it_needs_or_shows_what_it_can(
    two: OnTrain, size: tuple[int, int]
) -> None:
    async with two.run_test(size=size) as pilot:
        await until(pilot, lambda: two.step == STEPS)
        assert "needs 60x16" in str(two.screen.query_one("#too-small").render())
        assert keys(two).endswith("^q Leave  ")
        await on_screen(pilot, two, "2")
        assert seen(two, PANES["2"]) == ["runs"]
        assert "^q Leave" in keys(two)
        await on_screen(pilot, two, "3")
        assert seen(two, PANES["3"]) == ["text"]
        assert "^q Leave" in keys(two)

"""The one table of actions: every row is a method, a key, a line of the help and of the palette."""

from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.command import CommandList
from textual.screen import Screen
from textual.widgets import Static

from gru_tui.actions import ACTIONS, SCOPES, Action, Scope, action, actions
from gru_tui.app import GruTui
from gru_tui.runs.store import Store
from gru_tui.screens.generate import GenerateScreen
from gru_tui.screens.help import FIGURES, HelpScreen
from gru_tui.screens.keys import bindings
from gru_tui.screens.palette import ActionsProvider, Runner
from gru_tui.screens.runs import RunsScreen
from gru_tui.screens.train import TrainScreen
from tests.app.made_up_run import made_up_run
from tests.app.on_train import OnTrain, edit, ready
from tests.app.waiting import until

OWNERS: dict[Scope, type[Screen[Any]] | type[App[Any]]] = {
    "app": GruTui,
    "train": TrainScreen,
    "runs": RunsScreen,
    "generate": GenerateScreen,
}
SCREENS: dict[str, Scope] = {"1": "train", "2": "runs", "3": "generate"}


def named(row: Action) -> str:
    return f"{row.scope}.{row.id}"


@pytest.mark.parametrize("row", ACTIONS, ids=named)
def test_every_action_has_a_method_where_its_scope_says(row: Action) -> None:
    name = row.runs.partition("(")[0]
    assert callable(getattr(OWNERS[row.scope], f"action_{name}", None))


@pytest.mark.parametrize("row", ACTIONS, ids=named)
def test_every_key_of_the_table_is_bound(row: Action) -> None:
    bound = {binding.key: binding.action for binding in bindings(row.scope)}
    assert all(bound[key] == row.runs for key in row.keys)
    declared = OWNERS[row.scope].BINDINGS
    assert all(binding in declared for binding in bindings(row.scope))


@pytest.mark.parametrize("scope", [scope for scope in SCOPES if scope != "app"])
def test_no_key_means_two_things_on_one_screen(scope: Scope) -> None:
    keys = [key for row in actions(scope, "app") for key in row.keys]
    assert len(keys) == len(set(keys))


def test_only_keys_that_type_nothing_work_inside_a_field() -> None:
    always = [key for row in ACTIONS if row.always for key in row.keys]
    assert all(key.startswith("ctrl+") for key in always)


@pytest.mark.parametrize("key", SCREENS)
async def test_the_help_names_every_action_of_the_screen_and_of_the_app(
    app: OnTrain, key: str
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        await pilot.press(key, "f1")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        words = "\n".join(str(part.render()) for part in app.screen.query(Static))
        for row in actions(SCREENS[key], "app"):
            assert row.label in words
            assert row.help in words
            assert row.shown_keys in words
        assert all(meaning in words for _, meaning in FIGURES)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, HelpScreen))


@pytest.mark.parametrize("key", SCREENS)
async def test_the_palette_offers_every_action_of_the_screen_and_of_the_app(
    app: OnTrain, key: str
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        await pilot.press(key)
        await until(pilot, lambda: getattr(app.screen, "SCOPE", "") == SCREENS[key])
        offered = [hit.text async for hit in ActionsProvider(app.screen).discover()]
        assert offered == [row.label for row in actions(SCREENS[key], "app")]


async def test_the_palette_does_what_the_key_does(app: OnTrain) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: app.screen is not app.train)
        await pilot.press(*"hyperparameters")
        hits = app.screen.query_one(CommandList)
        await until(pilot, lambda: hits.option_count and "  h" in str(hits.options[0].prompt))
        await pilot.press("enter")
        await until(pilot, lambda: app.row("learning_rate").entry.has_focus)


async def test_a_key_that_can_do_nothing_says_why(tmp_path: Path) -> None:
    reasons = {
        "x": "amber-fox is finished; there is nothing to stop.",
        "ctrl+t": "amber-fox is finished; that is for a run that trains or is paused.",
        "u": "No field has been changed.",
        "d": "The demonstration is a run of its own: n makes room for it.",
    }
    app = OnTrain(tmp_path, made_up_run(Store(tmp_path)).id)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.state == "finished")
        await pilot.press(*reasons)
        await until(pilot, lambda: app.told == list(reasons.values()))


async def test_a_choice_of_the_palette_that_can_do_nothing_says_why(app: OnTrain) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await Runner(app, app.train, action("train.stop"))()
        await until(pilot, lambda: any("No run is shown here" in words for words in app.told))


async def test_a_field_that_has_a_key_for_itself_keeps_it(app: OnTrain) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await edit(pilot, app, "batch_size", "64")
        await pilot.press("home", "ctrl+k")
        await until(pilot, lambda: not app.row("batch_size").entry.value)
        assert app.told == []


async def test_a_click_on_a_key_is_that_key(app: OnTrain) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        place = app.keys.index("h Hyperparameters")
        await pilot.click("KeyLine", offset=(1 + place, 0))
        await until(pilot, lambda: app.row("learning_rate").entry.has_focus)


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (120, 40), (200, 50)])
async def test_the_footer_keeps_within_its_line(app: OnTrain, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await ready(pilot, app)
        assert len(app.keys.rstrip()) <= size[0] - 2
        assert app.keys.rstrip().endswith("^q Leave")
        assert app.keys.startswith("^s Start")

"""Forking on the Runs screen, by real runs."""

from pathlib import Path

import pytest
from textual.widgets import Input, Select, Static

from gru_tui.runs.store import Store
from gru_tui.screens.fork import ForkDialog
from tests.app.on_runs import OnRuns, listed
from tests.app.runs_on_disk import new_run, train_on, trained_run
from tests.app.waiting import until


@pytest.fixture
def app(tmp_path: Path) -> OnRuns:
    return OnRuns(tmp_path)


async def test_a_fork_begins_with_what_was_asked_and_the_cursor_goes_to_it(
    app: OnRuns, store: Store
) -> None:
    parent = new_run(store, steps=0, epochs=1)
    train_on(parent)
    async with app.run_test(size=(80, 24)) as pilot:
        await listed(pilot, app, 1)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, ForkDialog))
        field = app.screen.query_one(Input)
        fault = app.screen.query_one("#fault", Static)
        for bad in ("learning_rat=0.1", "dropout=2", "hidden_size=32", "nonsense", "dropout=nan"):
            field.value = bad
            await until(pilot, lambda: field.has_class("-invalid"), f"{bad} is refused")
            await pilot.press("enter")
            await pilot.pause()
            assert isinstance(app.screen, ForkDialog)
            assert str(fault.content)
        field.value = "learning_rate=0.001 dropout=0.1"
        await until(pilot, lambda: "dropout 0 → 0.1" in str(fault.content))
        await pilot.press("enter")
        await listed(pilot, app, 2)
        child = store.list()[-1]
        await until(pilot, lambda: not child.is_alive(), "the fork has ended")
        assert child.hyperparameters().learning_rate == 0.001
        await until(pilot, lambda: f"forked from: {parent.name}" in app.detail)
        assert app.table.selected is not None
        assert app.table.selected.id == child.id


@pytest.mark.parametrize("typed", ["max_seconds=45m", "max-seconds=2700"])
async def test_a_fork_takes_a_duration_as_the_command_does(
    app: OnRuns, store: Store, typed: str
) -> None:
    trained_run(store)
    async with app.run_test(size=(80, 24)) as pilot:
        await listed(pilot, app, 1)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, ForkDialog))
        app.screen.query_one(Input).value = typed
        fault = app.screen.query_one("#fault", Static)
        await until(pilot, lambda: "max_seconds 0 → 2700" in str(fault.content))
        app.screen.query_one(Input).value = "max_seconds=24:30"
        await until(pilot, lambda: "no clock shows 24:30" in str(fault.content))


@pytest.mark.parametrize(("state", "offered"), [("finished", "last"), ("failed", "best")])
async def test_a_fork_of_what_went_wrong_begins_with_the_best(
    app: OnRuns, store: Store, state: str, offered: str
) -> None:
    trained_run(store, state=state)
    async with app.run_test(size=(80, 24)) as pilot:
        await listed(pilot, app, 1)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, ForkDialog))
        assert app.screen.query_one(Select).selection == offered

"""Finding, ordering, marking and comparing runs on the Runs screen, by its keys."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from textual.content import Content
from textual.geometry import Region
from textual.widget import Widget
from textual.widgets import Input, Select, Static

from gru_tui.actions import actions
from gru_tui.listing.rows import RunList, RunRow
from gru_tui.panes import run_detail, run_table
from gru_tui.panes.comparison_table import ComparisonTable
from gru_tui.panes.filter_line import FilterLine
from gru_tui.panes.overlay import FORK, OverlayPane
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from gru_tui.screens.dialogs import Prompt
from gru_tui.screens.fork import ForkDialog
from tests.app.on_runs import OnRuns, listed
from tests.app.runs_on_disk import new_run, train_on, trained_run
from tests.app.waiting import until

SIZES = [(60, 20), (80, 24), (120, 40), (200, 50)]


@pytest.fixture
def app(tmp_path: Path) -> OnRuns:
    return OnRuns(tmp_path)


@pytest.fixture
def three(store: Store) -> list[Run]:
    """Alpha, beta and gamma, which is the newest."""
    runs = [trained_run(store, learning_rate=rate) for rate in (0.001, 0.01, 0.1)]
    for run, name in zip(runs, ("alpha", "beta", "gamma"), strict=True):
        run.rename(name)
    return runs


def names(app: OnRuns) -> list[str]:
    return [name for row in app.rows for name in ("alpha", "beta", "gamma") if name in row]


def fault(app: OnRuns) -> str:
    return str(app.screen.query_one("#filter-fault", Static).content)


def differences(app: OnRuns) -> str:
    return str(app.screen.query_one("#compared", Static).content)


async def test_what_is_typed_filters_at_once_and_a_wrong_filter_is_explained(
    app: OnRuns, three: list[Run]
) -> None:
    three[0].change_tags(lambda _: "night")
    async with app.run_test(size=(80, 24)) as pilot:
        await listed(pilot, app, 3)
        await pilot.press("slash", *"lr<0.05")
        await until(pilot, lambda: names(app) == ["beta", "alpha"])
        await pilot.press("space", *"lrr=3")
        await until(pilot, lambda: "did you mean lr?" in fault(app))
        assert names(app) == ["beta", "alpha"]
        await pilot.press(*["backspace"] * 6, *" tag:night", "enter")
        await until(pilot, lambda: names(app) == ["alpha"])
        assert app.table.has_focus
        assert not fault(app)
        await pilot.press("escape")
        await listed(pilot, app, 3)
        assert not app.screen.query_one(FilterLine).display


async def test_a_filter_that_fits_nothing_says_how_to_leave_it(
    app: OnRuns, three: list[Run]
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await listed(pilot, app, 3)
        await pilot.press("slash", *"zebra", "enter")
        await until(pilot, lambda: app.listing.query_one("#no-runs").display)
        words = str(app.listing.query_one("#no-runs", Static).content)
        assert "esc clears it" in words
        await pilot.press("escape")
        await listed(pilot, app, 3)
        assert app.table.has_focus


async def test_the_order_goes_through_the_columns_and_its_head_says_so(
    app: OnRuns, three: list[Run]
) -> None:
    def heads() -> str:
        return " ".join(str(column.label) for column in app.table.ordered_columns)

    async with app.run_test(size=(80, 24)) as pilot:
        await listed(pilot, app, 3)
        assert "age▲" in heads()
        await pilot.press("down", "s", "s")
        await until(pilot, lambda: "name▲" in heads())
        assert names(app) == ["alpha", "beta", "gamma"]
        assert app.table.selected is not None
        assert app.table.selected.name == "beta"
        await pilot.press("v")
        await until(pilot, lambda: "name▼" in heads())
        assert names(app) == ["gamma", "beta", "alpha"]
        await pilot.click(app.table, offset=(1, 0))
        await until(pilot, lambda: "state▲" in heads())


async def test_a_pinned_run_stays_on_top_and_tags_are_asked_for(
    app: OnRuns, three: list[Run]
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await listed(pilot, app, 3)
        await pilot.press("down", "down", "i")
        await until(pilot, lambda: names(app)[0] == "alpha")
        assert "↑" in app.rows[0]
        assert three[0].label.pinned
        await pilot.press("t")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press(*"x" * 25, "enter")
        await pilot.pause()
        assert "24 are the most" in str(app.screen.query_one("#fault", Static).content)
        await pilot.press(*["backspace"] * 25, *"slow base", "enter")
        await until(pilot, lambda: "slow base" in app.rows[0])
        assert three[0].label.tags == ("slow", "base")
        await pilot.press("i")
        await until(pilot, lambda: names(app)[0] == "gamma")


@pytest.mark.parametrize("size", SIZES)
async def test_selected_runs_are_overlaid_and_their_differences_stand_beside(
    app: OnRuns, three: list[Run], size: tuple[int, int]
) -> None:
    async with app.run_test(size=size) as pilot:
        await listed(pilot, app, 3)
        await pilot.press("space", "down", "space")
        chart = app.screen.query_one(OverlayPane)
        await until(pilot, lambda: len(chart._overlay.runs) == 2, "two curves are there")
        title = Content.from_markup(str(chart.border_title)).plain
        assert title == "Loss  ● gamma  ■ beta"
        await until(pilot, lambda: "learning rate" in differences(app))
        assert "dropout" not in differences(app)
        assert "● gamma" in differences(app)
        assert "■ beta" in differences(app)
        assert app.rows[0].startswith("●")
        assert "base" in app.rows[0]
        assert app.rows[1].startswith("■")
        seen = [pane for pane in app.screen.query("OverlayPane, ComparisonTable") if pane.region]
        for pane in seen:
            assert not pane.region.overlaps(app.table.region)
            assert app.screen.region.contains_region(pane.region)
        assert app.table.region.height >= 5
        assert max(pane.region.height for pane in seen) >= 9
        assert app.table.virtual_size.width <= app.table.region.width
        await pilot.press("escape")
        await until(pilot, lambda: app.listing.query_one("#run-detail").display)


async def test_one_key_leads_from_the_chart_to_the_differences_and_to_everything(
    app: OnRuns, three: list[Run]
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await listed(pilot, app, 3)
        await pilot.press("h")
        await until(pilot, lambda: app.told)
        assert "space first" in app.told[-1]
        await pilot.press("space", "down", "space", "h")
        table, chart = app.screen.query_one(ComparisonTable), app.screen.query_one(OverlayPane)
        await until(pilot, lambda: table.display and not chart.display)
        assert "dropout" not in differences(app)
        await pilot.press("h")
        await until(pilot, lambda: "dropout" in differences(app))
        assert "≠ learning rate" in differences(app)
        await pilot.press("h")
        await until(pilot, lambda: chart.display and not table.display)
        for unit in ("epochs", "minutes", "characters", "steps"):
            await pilot.press("e")
            await until(pilot, lambda unit=unit: unit in str(chart.border_subtitle))  # type: ignore[misc]
        await pilot.press("l")
        await until(pilot, lambda: "logarithmic" in str(chart.border_subtitle))


async def test_a_fork_from_any_checkpoint_leans_on_its_parent_in_table_and_chart(
    app: OnRuns, store: Store
) -> None:
    parent = new_run(store)
    train_on(parent, steps=30, validate_every=10)
    parent.rename("mother")
    async with app.run_test(size=(120, 40)) as pilot:
        await listed(pilot, app, 1)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, ForkDialog))
        choice = app.screen.query_one(Select)
        names = [name for _, name in choice._options]
        assert names == ["last", "best", *(f"step-{step:08}" for step in (30, 20, 10, 0))]
        choice.value = "step-00000020"
        app.screen.query_one(Input).value = "steps=5"
        app.screen.query_one(Input).focus()
        await pilot.press("enter")
        await listed(pilot, app, 2)
        child = store.list()[-1]
        assert child.config.parent is not None
        assert (child.config.parent.run, child.config.parent.step) == (parent.id, 20)
        assert f"↳ {child.name}" in app.rows[0]
        assert "mother @20" in app.rows[0]
        await pilot.press("space", "down", "space")
        chart = app.screen.query_one(OverlayPane)
        await until(pilot, lambda: [run.forked_at for run in chart._overlay.runs] == [20.0, None])
        await until(pilot, lambda: FORK in str(chart.render()), "the fork has a first loss")
        assert "Y forked" in str(chart.border_subtitle)
        await until(pilot, lambda: child.state() == "finished", "the fork has ended")


async def test_a_selected_run_that_is_deleted_leaves_the_comparison(
    app: OnRuns, store: Store, three: list[Run]
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await listed(pilot, app, 3)
        await pilot.press("space", "down", "space")
        await until(pilot, lambda: "gamma" in differences(app))
        store.delete(three[2])
        await listed(pilot, app, 2)
        await until(pilot, lambda: "gamma" not in differences(app))
        assert app.rows[0].startswith("■")


def test_every_key_of_the_runs_is_named_in_the_table_of_actions() -> None:
    keys = {key for row in actions("runs") for key in row.keys}
    assert {"slash", "space", "s", "v", "i", "t", "h", "b", "w", "escape"} <= keys


async def test_where_nothing_happens_nothing_is_drawn_again(
    app: OnRuns, three: list[Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    later = three[0].config.created + 7200
    for module in (run_table, run_detail):
        monkeypatch.setattr(module, "time", SimpleNamespace(time=lambda: later))
    looks: list[int] = []
    drawn: list[str] = []
    rows, refresh = RunList.rows, Widget.refresh

    def looking(each: RunList, store: Store) -> tuple[RunRow, ...]:
        looks.append(len(drawn))
        return rows(each, store)

    def drawing(pane: Widget, *regions: Region, **how: Any) -> Any:
        drawn.append(type(pane).__name__)
        return refresh(pane, *regions, **how)

    async with app.run_test(size=(120, 40)) as pilot:
        await listed(pilot, app, 3)
        await pilot.press("space", "down", "space")
        await until(pilot, lambda: len(app.screen.query_one(OverlayPane)._overlay.runs) == 2)
        monkeypatch.setattr(RunList, "rows", looking)
        monkeypatch.setattr(Widget, "refresh", drawing)
        for count in (1, 2, 3):
            app.listing.look_again()
            await until(pilot, lambda count=count: len(looks) >= count)  # type: ignore[misc]
        await until(pilot, lambda: not app.listing._looking)
        assert drawn == []

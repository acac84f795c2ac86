"""The Runs screen over real runs, one of them with a real trainer."""

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.widgets import Static

from corpora.errors import ReportedError
from gru_tui.actions import key_of
from gru_tui.panes.run_detail import RunDetail
from gru_tui.runs import launch
from gru_tui.runs.command import send
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from gru_tui.screens.dialogs import Confirm, Prompt
from tests.app.on_runs import OnRuns, listed
from tests.app.runs_on_disk import new_run, trained_run
from tests.app.waiting import until


@pytest.fixture
def app(tmp_path: Path) -> OnRuns:
    return OnRuns(tmp_path)


@pytest.fixture
def living(store: Store) -> Iterator[Run]:
    """A run with a trainer of its own, which does not end by itself."""
    run = new_run(store, steps=0, epochs=0)
    launch.start(run)
    yield run
    if run.is_alive():
        send(run, "stop")


async def test_without_runs_the_screen_says_what_to_do_first(app: OnRuns) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.listing.query_one("#no-runs").display)
        await pilot.press("enter", "r", "p", "x", "f", "n", "o", "d")
        await pilot.pause()
        assert app.screen is app.listing


async def test_a_row_says_how_the_run_stands(app: OnRuns, store: Store) -> None:
    run = trained_run(store)
    async with app.run_test(size=(120, 40)) as pilot:
        await listed(pilot, app, 1)
        for words in ("✓ finished", run.name, "rivers", "gru 1x16", " 5 "):
            assert words in app.rows[0]


async def test_a_run_that_comes_to_an_empty_screen_is_under_the_cursor_at_once(
    app: OnRuns, store: Store
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.listing.has_class("-empty"), "there is no run")
        new_run(store)
        await listed(pilot, app, 1)
        await until(pilot, lambda: app.table.has_focus, "its keys work")


async def test_the_newest_run_stands_first(app: OnRuns, store: Store) -> None:
    runs = [new_run(store) for _ in range(3)]
    async with app.run_test(size=(80, 24)) as pilot:
        await listed(pilot, app, 3)
        ids = [str(row.key.value) for row in app.table.ordered_rows]
        assert ids == [run.id for run in reversed(runs)]


async def test_the_cursor_stays_on_its_run_when_another_one_comes(
    app: OnRuns, store: Store
) -> None:
    first, _ = new_run(store), new_run(store)
    async with app.run_test(size=(80, 24)) as pilot:
        await listed(pilot, app, 2)
        await pilot.press("down")
        new_run(store)
        await listed(pilot, app, 3)
        assert app.table.selected is not None
        assert app.table.selected.id == first.id


async def test_looking_again_keeps_the_scroll_position(app: OnRuns, store: Store) -> None:
    runs = [new_run(store) for _ in range(24)]
    async with app.run_test(size=(80, 24)) as pilot:
        await listed(pilot, app, 24)
        await pilot.press(*["down"] * 20)
        before = app.table.scroll_offset
        runs[3].rename("renamed")
        await until(pilot, lambda: any("renamed" in row for row in app.rows))
        assert app.table.scroll_offset == before
        assert app.table.cursor_row == 20


async def test_the_details_follow_the_cursor(app: OnRuns, store: Store) -> None:
    noted = trained_run(store, dropout=0.25, input_norm=True)
    noted.note("to see what dropout does")
    new_run(store)
    async with app.run_test(size=(120, 40)) as pilot:
        await listed(pilot, app, 2)
        assert "dropout" not in app.detail
        await pilot.press("down")
        await until(pilot, lambda: "to see what dropout does" in app.detail)
        assert "dropout 0.25 (0)" in app.detail  # as the form writes them
        assert "input norm yes (no)" in app.detail


async def test_a_damaged_run_is_shown_with_its_reason(app: OnRuns, store: Store) -> None:
    run = trained_run(store)
    (run.path / "run.json").write_text("{")
    async with app.run_test(size=(120, 40)) as pilot:
        await listed(pilot, app, 1)
        assert "! damaged" in app.rows[0]
        await until(pilot, lambda: "run.json" in app.detail)
        await pilot.press("enter", "r", "f", "n")
        await pilot.pause()
        assert app.screen is app.listing


async def test_a_damaged_run_can_be_deleted(app: OnRuns, store: Store) -> None:
    run = trained_run(store)
    (run.path / "run.json").write_text("{")
    async with app.run_test(size=(80, 24)) as pilot:
        await listed(pilot, app, 1)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: not run.path.exists())


async def test_names_and_notes_are_neither_markup_nor_control_characters(
    app: OnRuns, store: Store
) -> None:
    run = trained_run(store)
    run.rename("[b]x[/b]")
    run.note("a\x1b[2Jb [red]c")
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: any("[b]x[/b]" in row for row in app.rows))
        await until(pilot, lambda: "[red]c" in app.detail)
        assert "\x1b" not in app.detail


async def test_renaming_asks_for_a_name_and_names_its_fault(app: OnRuns, store: Store) -> None:
    run = trained_run(store)
    async with app.run_test(size=(80, 24)) as pilot:
        await listed(pilot, app, 1)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press("backspace", "enter")
        await pilot.pause()
        assert "at least one" in str(app.screen.query_one("#fault", Static).content)
        for name, fault in (("last", "the newest run"), ("260101-120000", "looks like the id")):
            await pilot.press(*name, "enter")
            await until(pilot, lambda: fault in str(app.screen.query_one("#fault", Static).content))  # noqa: B023 - waited for here
            await pilot.press(*["backspace"] * len(name))
        await pilot.press(*"fox", "enter")
        await until(pilot, lambda: any("fox" in row for row in app.rows))
        assert run.name == "fox"


async def test_a_note_is_kept(app: OnRuns, store: Store) -> None:
    trained_run(store)
    async with app.run_test(size=(120, 40)) as pilot:
        await listed(pilot, app, 1)
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press(*"first", "enter")
        await until(pilot, lambda: "note: first" in app.detail)


async def test_deleting_asks_first(app: OnRuns, store: Store) -> None:
    run = trained_run(store)
    async with app.run_test(size=(80, 24)) as pilot:
        await listed(pilot, app, 1)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("enter")
        await pilot.pause()
        assert run.path.exists()
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: not run.path.exists())
        await until(pilot, lambda: app.listing.query_one("#no-runs").display)


async def test_a_run_that_is_gone_by_the_answer_does_not_take_its_twin_along(
    app: OnRuns, store: Store
) -> None:
    run = trained_run(store)
    twin = trained_run(store).path.rename(store.folder / f"{run.id}b")  # of the same second
    async with app.run_test(size=(80, 24)) as pilot:
        await listed(pilot, app, 2)
        await pilot.press("down", "d")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        store.delete(run)  # as another process would
        await pilot.press("y")
        await until(pilot, lambda: app.told, "it is said how that went")
        assert f"run {run.id} is gone" in app.told[-1]
        assert twin.exists()


async def test_a_finished_run_is_not_said_to_go_on(app: OnRuns, store: Store) -> None:
    run = trained_run(store)
    async with app.run_test(size=(80, 24)) as pilot:
        await listed(pilot, app, 1)
        await pilot.press("r")
        await until(pilot, lambda: app.told, "it is said how that went")
    words = f"{run.name} is finished at step 5: nothing is left to train"
    assert app.told[-1].startswith(words)


async def test_a_run_that_is_over_has_nothing_to_pause_or_stop(app: OnRuns, store: Store) -> None:
    trained_run(store)
    async with app.run_test(size=(80, 24)) as pilot:
        await listed(pilot, app, 1)
        await pilot.press("p", "x")
        await pilot.pause()
        assert ["nothing to pause" in app.told[0], "nothing to stop" in app.told[1]] == [True] * 2


async def test_a_living_run_is_paused_resumed_and_stopped_but_not_deleted(
    app: OnRuns, living: Run
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.rows and "● running" in app.rows[0])
        await pilot.press("d")
        await pilot.pause()
        assert "stop it" in app.told[-1]
        await pilot.press("p")
        await until(pilot, lambda: "‖ paused" in app.rows[0])
        await pilot.press("r")
        await until(pilot, lambda: "● running" in app.rows[0])
        await pilot.press("x")
        await until(pilot, lambda: "■ stopped" in app.rows[0])
        await pilot.press("r")
        await until(pilot, lambda: "● running" in app.rows[0])


async def test_enter_opens_the_run_on_the_train_screen(app: OnRuns, store: Store) -> None:
    older, _ = trained_run(store), trained_run(store)
    async with app.run_test(size=(80, 24)) as pilot:
        await listed(pilot, app, 2)
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.current_mode == "train")
        assert app.context.run_id == older.id


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40), (200, 50)])
async def test_table_and_details_share_the_screen(
    app: OnRuns, store: Store, size: tuple[int, int]
) -> None:
    trained_run(store)
    async with app.run_test(size=size) as pilot:
        await listed(pilot, app, 1)
        table, detail = app.table.region, app.listing.query_one(RunDetail).region
        assert not table.overlaps(detail)
        assert app.screen.region.contains_region(table)
        assert app.screen.region.contains_region(detail)
        assert app.table.virtual_size.width <= table.width


@pytest.mark.parametrize("name", ["runs", "generate"])
async def test_each_outage_is_told_once(
    app: OnRuns, store: Store, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    trained_run(store)
    looks: list[bool] = []  # whether the folder answered
    is_there, find_all = [True], Store.all

    def all_runs(store: Store) -> list[Run]:
        looks.append(is_there[0])
        if not is_there[0]:
            raise ReportedError("the folder is out")
        return find_all(store)

    monkeypatch.setattr(Store, "all", all_runs)
    monkeypatch.setattr(f"gru_tui.screens.{name}.LOOK_SECONDS", 0.02)
    async with app.run_test(size=(120, 40)) as pilot:
        app.action_show(name)
        for outage in (1, 2):
            for answer in (True, False):
                is_there[0] = answer
                looks.clear()
                await until(pilot, lambda now=answer: looks.count(now) > 2)  # type: ignore[misc]
            await until(pilot, lambda now=outage: len(app.told) >= now)  # type: ignore[misc]
            assert app.told == ["the folder is out"] * outage


async def test_a_system_that_refuses_is_told_and_the_app_goes_on(
    app: OnRuns, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained_run(store)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "/a/label.json")

    async with app.run_test(size=(120, 40)) as pilot:
        await listed(pilot, app, 1)
        monkeypatch.setattr(Run, "pin", full)
        await pilot.press(key_of("pin_run"))
        await until(pilot, lambda: app.told)
        assert app.told == ["That failed: No space left on device (/a/label.json)."]
        assert app.is_running

"""What lies beneath a dialog, and over it: the screen it was opened on, and notices."""

from pathlib import Path
from typing import Any

import pytest
from rich.color import ColorSystem
from textual._compositor import LayoutUpdate
from textual.pilot import Pilot
from textual.widgets import Button
from textual.widgets._toast import Toast

from gru_tui.panes.keyline import KeyLine
from gru_tui.runs.store import Store
from gru_tui.screens.dialogs import Confirm, Dialog, Prompt
from gru_tui.screens.sparing import _cells, _pieces
from gru_tui.terminal.canvas import Canvas, Cell
from tests.app.on_runs import OnRuns, listed
from tests.app.runs_on_disk import trained_run
from tests.app.waiting import until


@pytest.fixture
def app(tmp_path: Path) -> OnRuns:
    for name in ("alpha", "beta"):
        trained_run(Store(tmp_path)).rename(name)
    return OnRuns(tmp_path)


def drawn(app: OnRuns) -> list[list[Cell]]:
    """Every cell of the terminal, as it would be written."""
    canvas = Canvas()
    canvas.resize(*app.size)
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    assert isinstance(update, LayoutUpdate)
    for x, y, strip in _pieces(update):
        canvas.want(x, y, _cells(strip, ColorSystem.TRUECOLOR))
    return canvas._wanted


def keys(app: OnRuns) -> str:
    return str(app.listing.query_one(KeyLine).render())


async def asked(pilot: Pilot[Any], app: OnRuns, key: str, kind: type[Dialog[Any]]) -> None:
    await pilot.press(key)
    await until(pilot, lambda: isinstance(app.screen, kind), f"{key} asks")
    await until(pilot, lambda: not app.screen._layout_required, "it is laid out")


async def test_opening_a_dialog_writes_only_the_dialog_and_the_line_of_keys(app: OnRuns) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await listed(pilot, app, 2)
        before = drawn(app)
        await asked(pilot, app, "n", Prompt)
        after, panel = drawn(app), app.screen.query_one(".dialog").region
        changed = {
            (x, y)
            for y in range(23)
            for x in range(80)
            if before[y][x] != after[y][x] and not panel.contains(x, y)
        }
        assert not changed


async def test_no_key_is_promised_that_a_dialog_keeps_from_the_screen(app: OnRuns) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await listed(pilot, app, 2)
        assert "Filter" in keys(app)
        await asked(pilot, app, "n", Prompt)
        assert keys(app) == ""
        await pilot.press("escape")
        await until(pilot, lambda: "Filter" in keys(app))


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
async def test_a_notice_lies_over_no_button(app: OnRuns, size: tuple[int, int]) -> None:
    async with app.run_test(size=size, notifications=True) as pilot:
        await listed(pilot, app, 2)
        for key, kind in (("d", Confirm), ("f", Dialog)):
            await asked(pilot, app, key, kind)
            app.notify("word " * 10, markup=False)
            await until(pilot, lambda: any(toast.region for toast in app.screen.query(Toast)))
            for toast in app.screen.query(Toast):
                for button in app.screen.query(Button):
                    assert not toast.region.overlaps(button.region)
            app.clear_notifications()
            await pilot.press("escape")


async def test_after_a_dialog_letters_are_keys_also_where_the_table_is_not_seen(
    app: OnRuns,
) -> None:
    async with app.run_test(size=(60, 20)) as pilot:
        await listed(pilot, app, 2)
        await pilot.press("z")
        await asked(pilot, app, "n", Prompt)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.listing)
        await pilot.press(*"beta", "z")
        await pilot.pause()
        assert len(app.rows) == 2

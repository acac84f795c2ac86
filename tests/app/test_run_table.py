"""How the columns of the table of runs share the room."""

from pathlib import Path

import pytest

import corpora
from engine import Hyperparameters
from gru_tui.panes.overlay import OverlayPane
from gru_tui.runs.store import Store
from tests.app.on_runs import OnRuns, listed
from tests.app.runs_on_disk import RIVER, SMALL, trained_run
from tests.app.waiting import until


@pytest.mark.parametrize(("width", "corpus"), [(80, "poems-of-t…"), (100, "poems-of-the-1890s")])
async def test_a_corpus_is_not_cut_while_the_names_have_room_to_spare(
    tmp_path: Path, width: int, corpus: str
) -> None:
    text = corpora.from_text(RIVER, name="poems-of-the-1890s")
    run = Store(tmp_path).create(text, Hyperparameters.from_mapping(SMALL))
    run.rename("copper-moth")
    app = OnRuns(tmp_path)
    async with app.run_test(size=(width, 30)) as pilot:
        await listed(pilot, app, 1)
        assert f" {corpus} " in app.rows[0]
        assert "copper-moth" in app.rows[0]


async def test_columns_shrink_only_as_far_as_the_name_needs(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for _ in range(2):
        store.create(corpora.from_text(RIVER, name="rivers-of-1890"), Hyperparameters())
    app = OnRuns(tmp_path)
    async with app.run_test(size=(125, 30)) as pilot:
        await listed(pilot, app, 2)
        await pilot.press("space", "down", "space")
        assert all("rivers-of-1890 " in row for row in app.rows)


async def test_another_theme_colours_what_stands_in_the_table(tmp_path: Path) -> None:
    trained_run(Store(tmp_path))
    trained_run(Store(tmp_path))
    app = OnRuns(tmp_path)

    def colours() -> set[str]:
        cells = [cell for place in (0, 1) for cell in app.table.get_row_at(place)]
        return {str(span.style) for cell in cells for span in cell.spans}

    def titles() -> str:
        return str(app.screen.query_one(OverlayPane).border_title)

    async with app.run_test(size=(120, 40)) as pilot:
        await listed(pilot, app, 2)
        await pilot.press("space", "down", "space")
        await until(pilot, lambda: "■" in titles(), "both are in the legend")
        before, legend = colours(), titles()
        app.theme = "textual-light"
        await until(pilot, lambda: not before & colours(), "no cell is as it was")
        await until(pilot, lambda: titles() != legend, "the legend has its colours")


async def test_the_head_is_no_bar_where_the_terminal_has_its_own_colours(tmp_path: Path) -> None:
    trained_run(Store(tmp_path))
    app = OnRuns(tmp_path)

    def ground(part: str) -> object:
        return app.table.get_component_rich_style(f"datatable--{part}").bgcolor

    async with app.run_test(size=(80, 24)) as pilot:
        await listed(pilot, app, 1)
        before = ground("cursor")
        app.theme = "ansi-dark"
        await until(pilot, lambda: ground("cursor") != before, "the theme is worn")
        assert ground("header") == ground("odd-row")

"""How the columns of the table of runs share the room."""

from pathlib import Path

import pytest

import corpora
from engine import Hyperparameters
from gru_tui.runs.store import Store
from tests.app.runs_on_disk import RIVER, SMALL
from tests.app.test_runs_screen import OnRuns, listed


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

"""The first line of every screen: which run, and how it stands."""

import pytest
from textual.app import App, ComposeResult
from textual.reactive import var
from textual.widgets import Static

from gru_tui.marks import COLOURS, marked
from gru_tui.panes.topbar import TopBar
from gru_tui.picture import Picture


class Topped(App[None]):
    picture: var[Picture | None] = var(None)

    def compose(self) -> ComposeResult:
        yield TopBar("train")


@pytest.mark.parametrize("state", COLOURS)
async def test_the_state_stands_whole_in_40_columns(state: str) -> None:
    app = Topped()
    async with app.run_test(size=(40, 20)) as pilot:
        app.picture = Picture("261124-210512", "amber-fox", "sonnets", "", "gru 1x256", state)
        await pilot.pause()
        shown = app.query_one(".topbar--state", Static)
        assert str(shown.render()) == marked(state)
        assert app.screen.region.contains_region(shown.region)

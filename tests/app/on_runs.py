"""The app on its second screen, and what the tests look at there."""

from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Static

from gru_tui.context import Context
from gru_tui.panes.run_detail import RunDetail
from gru_tui.panes.run_table import RunTable
from gru_tui.screens.runs import RunsScreen
from tests.app.remembering import Remembering
from tests.app.waiting import until


class OnRuns(Remembering):
    """The app, begun on its second screen."""

    DEFAULT_MODE = "runs"

    def __init__(self, data_dir: Path) -> None:
        super().__init__(Context(data_dir))

    @property
    def listing(self) -> RunsScreen:
        screen = self.screen_stack[0]
        assert isinstance(screen, RunsScreen)
        return screen

    @property
    def table(self) -> RunTable:
        return self.listing.query_one(RunTable)

    @property
    def rows(self) -> list[str]:
        return [
            " ".join(cell.plain for cell in self.table.get_row_at(place))
            for place in range(self.table.row_count)
        ]

    @property
    def detail(self) -> str:
        return str(self.listing.query_one(RunDetail).query_one("#detail", Static).content)


async def listed(pilot: Pilot[Any], app: OnRuns, count: int) -> None:
    await until(pilot, lambda: len(app.rows) == count, f"{count} runs are listed")

"""The terminal app: three screens over one data directory. Composes and routes, nothing else."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from textual.app import App
from textual.command import Provider
from textual.screen import Screen

from gru_tui.context import Context
from gru_tui.screens.keys import bindings


def _train() -> Screen[Any]:
    from gru_tui.screens.train import TrainScreen

    return TrainScreen()


def _runs() -> Screen[Any]:
    from gru_tui.screens.runs import RunsScreen

    return RunsScreen()


def _generate() -> Screen[Any]:
    from gru_tui.screens.generate import GenerateScreen

    return GenerateScreen()


def _palette() -> type[Provider]:
    from gru_tui.screens.palette import ActionsProvider

    return ActionsProvider


class GruTui(App[str]):
    """Trains, steers and writes. Its return value is the line that it leaves behind."""

    TITLE = "gru-tui"
    CSS_PATH = "theme.tcss"
    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {
        "train": _train,
        "runs": _runs,
        "generate": _generate,
    }
    DEFAULT_MODE = "train"
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {_palette}
    BINDINGS = bindings("app")

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context

    def action_show(self, name: str) -> None:
        """Go to one of the three screens."""
        self.switch_mode(name)

    async def open_run(self, run_id: str) -> None:
        """Show that run on the Train screen."""
        self.context.run_id = run_id
        await self.switch_mode("train")

    def action_leave(self) -> None:
        """Close the app; what trains goes on."""
        self.exit()

    def action_help(self) -> None:
        """Show every key of this screen."""
        from gru_tui.screens.help import HelpScreen
        from gru_tui.screens.palette import scope_of

        self.push_screen(HelpScreen(scope_of(self.screen)))


def launch(data_dir: Path, run_id: str | None = None) -> None:
    """Run the app on that run, or on the one that trains, or on the newest.

    When it ends, one line stays on the terminal: which run goes on, and how to come back.
    """
    farewell = GruTui(Context(data_dir, run_id)).run()
    if farewell:
        print(farewell)  # noqa: T201 - the one line that outlives the screen

"""The terminal app: three screens over one data directory. Composes and routes, nothing else."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from textual.app import App
from textual.binding import BindingType
from textual.command import Provider
from textual.reactive import var
from textual.screen import Screen

from gru_tui.context import Context
from gru_tui.panes.messages import RunSeen, Told
from gru_tui.panes.themes import RIVER
from gru_tui.picture import Picture
from gru_tui.screens.keys import bindings, scope_of
from gru_tui.visible import visible


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
    CSS_PATH = Path(__file__).with_name("theme.tcss")
    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {
        "runs": _runs,
        "generate": _generate,
    }
    DEFAULT_MODE = "train"
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {_palette}
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("app")]
    picture: var[Picture | None] = var(None)
    """How the run stands that the app looks at; every screen's first line shows it."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.register_theme(RIVER)
        self.theme = RIVER.name
        self.add_mode("train", self._train)

    def _train(self) -> Screen[Any]:
        from gru_tui.screens.train import TrainScreen

        return TrainScreen(self.context)

    def action_show(self, name: str) -> None:
        """Go to one of the three screens."""
        self.switch_mode(name)

    async def open_run(self, run_id: str) -> None:
        """Show that run on the Train screen."""
        self.context.run_id = run_id
        await self.switch_mode("train")

    def on_run_seen(self, event: RunSeen) -> None:
        """The first line of every screen shows how the run stands."""
        self.picture = event.picture

    def on_run_left(self) -> None:
        """The first line shows no run."""
        self.picture = None

    def on_told(self, event: Told) -> None:
        """Sentences from the workers appear over whatever screen is on."""
        seconds = 12 if event.severity == "error" else 6
        self.notify(visible(event.text), severity=event.severity, markup=False, timeout=seconds)

    def action_leave(self) -> None:
        """Close the app; what trains goes on."""
        picture = self.picture
        if picture is not None and picture.alive:
            words = "waits, paused" if picture.state == "paused" else "goes on training"
            name = visible(picture.name)
            self.exit(f"{name} {words}. Come back with: gru-tui attach {picture.run_id}")
        else:
            self.exit("")

    def action_picture(self) -> None:
        """Write the screen as SVG into the current folder."""
        self.action_screenshot()

    def action_help(self) -> None:
        """Show every key of this screen."""
        from gru_tui.screens.help import HelpScreen

        self.push_screen(HelpScreen(scope_of(self.screen)))


def launch(data_dir: Path, run_id: str | None = None) -> None:
    """Run the app on that run, or on the one that trains, or on the newest.

    When it ends, one line stays on the terminal: which run goes on, and how to come back.
    """
    farewell = GruTui(Context(data_dir, run_id)).run()
    if farewell:
        print(farewell)  # noqa: T201 - the one line that outlives the screen

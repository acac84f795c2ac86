"""The terminal app: three screens over one data directory. Composes and routes, nothing else."""

import asyncio
import contextlib
import gc
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from textual.binding import BindingType
from textual.command import Provider
from textual.reactive import var
from textual.screen import Screen

from gru_tui.actions import scope_of, worded
from gru_tui.context import Context
from gru_tui.panes.messages import RunSeen, Told
from gru_tui.picture import Picture
from gru_tui.screens.keys import bindings, rebound
from gru_tui.screens.mannered import Mannered
from gru_tui.screens.pictured import Pictured
from gru_tui.screens.settled import Settled
from gru_tui.screens.sparing import Sparing
from gru_tui.screens.turnstile import Turnstile
from gru_tui.terminal.complaint import VisibleConsole
from gru_tui.terminal.glyphs import plain
from gru_tui.terminal.leaving import Leaving
from gru_tui.terminal.manners import Manners, decided
from gru_tui.visible import visible, visible_line

TWICE = 3.0  # seconds within which a second ^c leaves
ENDS = {
    "finished": "has finished",
    "stopped": "was stopped",
    "failed": "has failed",
    "interrupted": "was interrupted",
}


def _runs() -> Screen[Any]:
    from gru_tui.screens.runs import RunsScreen

    return rebound(RunsScreen())


def _generate() -> Screen[Any]:
    from gru_tui.screens.generate import GenerateScreen

    return rebound(GenerateScreen())


def _palette() -> type[Provider]:
    from gru_tui.screens.palette import ActionsProvider

    return ActionsProvider


class GruTui(Mannered, Pictured, Settled, Sparing, Turnstile):
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
        super().__init__(context)
        self.add_mode("train", self._train)
        self.error_console = VisibleConsole(markup=False, highlight=False, stderr=True)
        self._asked_to_leave = -TWICE
        self._turning: asyncio.AbstractEventLoop | None = None

    def on_mount(self) -> None:
        """From here on a signal can be passed on."""
        self._turning = asyncio.get_running_loop()
        self.tell_faults()

    def _train(self) -> Screen[Any]:
        from gru_tui.screens.train import TrainScreen

        return rebound(TrainScreen(self.context))

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
        self.exit(self._farewell())

    def action_help_quit(self) -> None:
        """Ctrl+C, which Textual binds: whoever presses it twice wants to leave."""
        now = time.monotonic()
        if now - self._asked_to_leave < TWICE:
            self.action_leave()
        self._asked_to_leave = now
        self.post_message(Told(worded("^c once more, or {leave}, leaves; what trains goes on.")))

    def end_by(self, number: int) -> None:
        """A signal ends the app, or the end of its terminal. May be called from anywhere."""
        if self._turning is None:
            return
        with contextlib.suppress(RuntimeError):  # it has ended already
            self._turning.call_soon_threadsafe(self.exit, self._farewell(), 128 + number)

    def _farewell(self) -> str:
        """The line that stays: which run goes on or has ended, and how to come back to it."""
        picture = self.picture
        if picture is None:
            return ""
        if picture.alive:
            words = "waits, paused" if picture.state == "paused" else "goes on training"
            again = f"Come back with: gru-tui attach {picture.run_id}"
        else:
            words = f"{ENDS.get(picture.state, 'has ended')} at step {picture.step:,}"
            if picture.best_loss is not None:
                words += f", best validation loss {picture.best_loss:.3f}"
            again = f"See it again with: gru-tui show {picture.run_id}"
        return visible_line(f"{picture.name} {words}. {again}")

    def action_help(self) -> None:
        """Show every key of this screen."""
        from gru_tui.screens.help import HelpScreen

        self.push_screen(HelpScreen(scope_of(self.screen)))


def launch(
    data_dir: Path,
    run_id: str | None = None,
    *,
    tour: bool = False,
    manners: Manners | None = None,
) -> None:
    """Run the app on that run, or on the one that trains, or on the newest.

    When it ends, one line stays on the terminal: how the run stands, and how to come back to it.
    Raises SystemExit when a fault or a signal ended it.
    """
    gc.disable()  # until the first frame: what is made until then stays
    manners = decided() if manners is None else manners
    app = GruTui(Context(data_dir, run_id, manners=manners, tour=tour))
    with Leaving(app.end_by).watched():
        farewell = app.run(mouse=manners.mouse)
        if farewell:
            farewell = plain(farewell) if manners.ascii else farewell
            print(farewell, flush=True)  # noqa: T201 - the one line that outlives the screen
    if app.return_code:
        sys.exit(app.return_code)

"""The app's manners: signs, colours, keys and theme as the person and the terminal want them."""

from collections.abc import Sequence
from typing import ClassVar

from textual import work
from textual.app import App
from textual.driver import Driver
from textual.events import Event, Paste
from textual.filter import LineFilter, Monochrome, NoColor
from textual.notifications import Notify

from corpora.errors import ReportedError
from gru_tui.actions import remap
from gru_tui.context import Context
from gru_tui.panes.filters import (
    AsciiFilter,
    ColourlessFilter,
    ContrastFilter,
    VisibleFilter,
)
from gru_tui.panes.messages import Told
from gru_tui.panes.themes import FEW_COLOURS, RIVER
from gru_tui.screens.keyboard import reads_with_care
from gru_tui.screens.keys import rebind
from gru_tui.terminal.passing import also_for_the_terminal
from gru_tui.terminal.remembered import recalled_theme, remember_theme
from gru_tui.visible import visible


class Mannered(App[str]):
    """The base of the app; what it does is the same whatever the manners are."""

    HARMLESS: ClassVar[LineFilter] = VisibleFilter()
    ONLY_PLAIN: ClassVar[LineFilter] = AsciiFilter()
    READABLE: ClassVar[LineFilter] = ContrastFilter()
    COLOURLESS: ClassVar[LineFilter] = ColourlessFilter()

    def __init__(self, context: Context) -> None:
        remap(context.manners.configuration.keys)  # before any screen is made
        super().__init__()
        self.context = context
        self._plain = [self.ONLY_PLAIN] if context.manners.ascii else []
        # What :nocolor in the style sheets asks for. Textual takes an empty NO_COLOR for a wish.
        self.no_color = not context.manners.coloured
        rebind(self, "app")
        self.register_theme(RIVER)
        self._kept_theme = self._chosen_theme()
        self.theme = self._kept_theme

    def get_driver_class(self) -> type[Driver]:
        """The platform's own, which reads with care."""
        return reads_with_care(super().get_driver_class())

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What every line goes through before it is written."""
        if self.no_color:
            return [self.HARMLESS, self.COLOURLESS, *self._plain]
        own = (Monochrome, NoColor)
        found = (each for each in super().get_line_filters() if not isinstance(each, own))
        return [*found, self.HARMLESS, self.READABLE, *self._plain]

    async def on_event(self, event: Event) -> None:
        """What is pasted shows its control characters, into whatever field it goes."""
        if isinstance(event, Paste) and not event.is_forwarded:
            # Terminals send the ends of pasted lines as the Enter key: CR.
            text = event.text.replace("\r\n", "\n").replace("\r", "\n")
            event = Paste(visible(text))
        await super().on_event(event)

    def on_notify(self, event: Notify) -> None:
        """What stands on the screen is not said a second time beside it."""
        said = event.notification
        shown = ((each.message, each.severity) for each in self._notifications)
        if (said.message, said.severity) in shown:
            event.prevent_default()

    def copy_to_clipboard(self, text: str) -> None:
        """To tmux's clipboard and to that of the terminal around it."""
        super().copy_to_clipboard(text)
        if self._driver is not None and (words := also_for_the_terminal(text)):
            self._driver.write(words)

    # --- the theme ---

    def get_css_variables(self) -> dict[str, str]:
        """The theme's colours; on a light ground frames are darker than it, else they vanish."""
        variables = super().get_css_variables()
        if not self.current_theme.dark and "panel-darken-2" in variables:
            variables["panel-lighten-2"] = variables["panel-darken-2"]
        return variables

    def _chosen_theme(self) -> str:
        """The configuration's, else the one chosen last, else ours."""
        wanted = (self.context.manners.configuration.theme, recalled_theme(self.context.data_dir))
        found = [name for name in wanted if name is not None and name in self.available_themes]
        return next(iter(found), FEW_COLOURS if self.context.manners.sixteen else RIVER.name)

    def watch_theme(self, name: str) -> None:
        """Who has chosen a theme wants to see it again."""
        if name == getattr(self, "_kept_theme", name):
            return
        self._kept_theme = name
        self._keep_theme(name)

    @work(thread=True, group="theme", exclusive=True)
    def _keep_theme(self, name: str) -> None:
        try:
            remember_theme(self.context.data_dir, name)
        except ReportedError as error:
            self.post_message(Told(str(error), "error"))
        else:
            if self.context.manners.configuration.theme is not None:
                self.post_message(
                    Told("Until the app is closed: then the configuration's theme is back.")
                )

    def tell_faults(self) -> None:
        """Say what is wrong with the configuration, once the app can say something."""
        manners = self.context.manners
        if manners.fault:
            self.post_message(Told(manners.fault, "error"))
        theme = manners.configuration.theme
        if theme is not None and theme not in self.available_themes:
            self.post_message(
                Told(
                    f'There is no theme "{theme[:40]}" (in the configuration file); '
                    "gru-tui config --check lists them.",
                    "error",
                )
            )

"""The first line of every screen: the three screens, and the run that is looked at."""

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Click, Resize
from textual.widgets import Static

from gru_tui.actions import actions
from gru_tui.marks import COLOURS, marked
from gru_tui.picture import Picture
from gru_tui.visible import visible, visible_line

NARROW = 100  # columns below which the program's own name gives way to the run's
NARROWEST = 48  # and those below which there is room for its state alone


class Tab(Static):
    """One screen's key and name; a click goes there."""

    def __init__(self, key: str, label: str, action: str, *, current: bool) -> None:
        super().__init__(
            Content.assemble((key, "bold"), " ", label),
            classes="-current" if current else "",
        )
        self._action = action

    async def on_click(self, event: Click) -> None:
        """The same as the key."""
        event.stop()
        await self.app.run_action(self._action, default_namespace=self.app)


class TopBar(Horizontal):
    """Takes the name of the screen that it stands on."""

    DEFAULT_CSS = """
    TopBar {
        dock: top;
        height: 1;
        background: $panel;
        color: $foreground;
        .topbar--title { width: auto; padding: 0 1; text-style: bold; color: $text-primary; }
        Tab { width: auto; padding: 0 1; color: $text-muted; }
        Tab.-current { background: $background; color: $foreground; }
        Tab:hover { color: $foreground; }
        .topbar--run {
            width: 1fr; padding: 0 1; text-align: right;
            text-wrap: nowrap; text-overflow: ellipsis;
        }
        .topbar--state { width: auto; padding: 0 1 0 0; }
        &.-narrow .topbar--title { display: none; }
        &.-narrowest Tab { padding: 0 0 0 1; }
        &.-narrowest .topbar--run { display: none; }
        &.-narrowest .topbar--state { width: 1fr; text-align: right; }
    }
    """

    def __init__(self, current: str) -> None:
        super().__init__()
        self._current = current
        self._shown = ("", "")  # words about the run, and its state

    def compose(self) -> ComposeResult:
        """Title, tabs, and what is known about the run."""
        yield Static("gru-tui", classes="topbar--title")
        for row in actions("app"):
            if row.id.startswith("show_"):
                current = row.id == f"show_{self._current}"
                yield Tab(row.shown_keys, row.label, row.runs, current=current)
        yield Static("", classes="topbar--run", markup=False)
        yield Static("", classes="topbar--state", markup=False)

    def on_mount(self) -> None:
        """Follow the run that the app looks at."""
        self.watch(self.app, "picture", self._show)

    def on_resize(self, event: Resize) -> None:
        """The run is worth more than the title."""
        self.set_class(event.size.width < NARROW, "-narrow")
        self.set_class(event.size.width < NARROWEST, "-narrowest")

    def _show(self, picture: Picture | None) -> None:
        words, state = (picture.words, picture.state) if picture is not None else ("", "")
        if (words, state) == self._shown:  # most pictures: an update has all panes laid out anew
            return
        self._shown = words, state
        self.query_one(".topbar--run", Static).update(visible_line(words))
        mark = visible(marked(state)) if state else ""
        colour = f"${COLOURS.get(state, 'text')}"
        self.query_one(".topbar--state", Static).update(Content.styled(mark, colour))

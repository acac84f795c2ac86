"""The last line of every screen: the keys that work now, as many as there is room for."""

from rich.cells import cell_len
from textual.app import RenderResult
from textual.content import Content
from textual.events import Click
from textual.screen import Screen
from textual.widget import Widget

from gru_tui.actions import Action, actions, shown_key
from gru_tui.screens.keys import scope_of

PINNED = ("command_palette", "help", "leave")  # never left out, whatever the width


class KeyLine(Widget):
    """Written from the table of actions and from what the screen's bindings permit now."""

    DEFAULT_CSS = """
    KeyLine { dock: bottom; height: 1; background: $panel; color: $text-muted; padding: 0 1; }
    """
    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self._places: list[tuple[int, int, Action]] = []

    def on_mount(self) -> None:
        """Follow the bindings: they change with the focus and with the run's state."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def on_unmount(self) -> None:
        """Stop following."""
        self.screen.bindings_updated_signal.unsubscribe(self)

    def _changed(self, _: Screen[object]) -> None:
        self.refresh()

    def render(self) -> RenderResult:
        """Key and label, key and label ..."""
        rows = self._fitting()
        parts: list[Content] = []
        self._places = []
        x = 1
        for row, label in rows:
            key = shown_key(row.keys[0])
            end = x + cell_len(key) + 1 + cell_len(label)
            self._places.append((x, end, row))
            parts += [
                Content.styled(key, "bold $text-accent"),
                Content(f" {label}  "),
            ]
            x = end + 2
        return Content("").join(parts)

    async def on_click(self, event: Click) -> None:
        """A click on a key is that key."""
        for start, end, row in self._places:
            if start <= event.x < end:
                namespace = self.app if row.scope == "app" else self.screen
                await self.app.run_action(row.runs, default_namespace=namespace)

    def _fitting(self) -> list[tuple[Action, str]]:
        room = self.size.width
        active = self.screen.active_bindings
        scope = scope_of(self.screen)
        offered = [
            (row, self._label(row))
            for row in actions(*([scope] if scope else []), "app")
            if row.footer
            and row.keys[0] in active
            and active[row.keys[0]].enabled
            and active[row.keys[0]].binding.action == row.runs
        ]
        kept = [pair for pair in offered if pair[0].id in PINNED]
        room -= sum(_width(*pair) for pair in kept)
        for pair in offered:
            if pair not in kept and _width(*pair) <= room:
                kept.append(pair)
                room -= _width(*pair)
        return [pair for pair in offered if pair in kept]

    def _label(self, row: Action) -> str:
        """The screen may know a better word for what the key does now."""
        better = getattr(self.screen, "label_now", None)
        return (better(row.id) if better is not None else None) or row.label


def _width(row: Action, label: str) -> int:
    return cell_len(shown_key(row.keys[0])) + 1 + cell_len(label) + 2

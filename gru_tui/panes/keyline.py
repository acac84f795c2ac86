"""The last line of every screen: the keys that work now, as many as there is room for."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len
from textual.app import RenderResult
from textual.content import Content
from textual.events import Click
from textual.widget import Widget

from gru_tui.actions import Action, actions, scope_of, shown_key

# Before all others, the most important first; a small screen has the way to its other panes, and
# a field the way out.
PINNED = ("leave", "help", "next_pane", "leave_field", "command_palette")
GAP = 2  # columns between two keys


@dataclass(frozen=True)
class Offer:
    """A row of the table with the key that works now and the word for what it does now."""

    row: Action
    key: str
    label: str

    @property
    def width(self) -> int:
        """Cells, with the gap behind it."""
        return cell_len(self.key) + 1 + cell_len(self.label) + GAP


class KeyLine(Widget):
    """Written from the table of actions and from what the screen's bindings permit now."""

    DEFAULT_CSS = """
    KeyLine { dock: bottom; height: 1; background: $panel; color: $text-muted; padding: 0 1; }
    """
    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self._places: list[tuple[int, int, Action]] = []  # from, to, what a click there does

    def on_mount(self) -> None:
        """Follow the bindings: they change with the focus and with the run's state."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)
        self.watch(self.screen, "stack_updates", self._changed, init=False)

    def on_unmount(self) -> None:
        """Stop following."""
        self.screen.bindings_updated_signal.unsubscribe(self)

    def _changed(self, _: object) -> None:
        self.refresh()

    def render(self) -> RenderResult:
        """Key and label, key and label ...; nothing beneath a dialog, which has its own keys."""
        parts: list[Content] = []
        self._places = []
        x = 1
        for offer in self._fitting() if self.screen.is_active else ():
            end = x + offer.width - GAP
            self._places.append((x, end, offer.row))
            parts += [
                Content.styled(offer.key, "bold $text-accent"),
                Content(f" {offer.label}" + " " * GAP),
            ]
            x = end + GAP
        return Content("").join(parts)

    async def on_click(self, event: Click) -> None:
        """A click on a key is that key."""
        for start, end, row in self._places:
            if start <= event.x < end:
                namespace = self.app if row.scope == "app" else self.screen
                await self.app.run_action(row.runs, default_namespace=namespace)

    def _fitting(self) -> list[Offer]:
        room = self.size.width + GAP
        offered = list(self._offered())
        first = [offer for name in PINNED for offer in offered if offer.row.id == name]
        kept: list[Offer] = []
        for offer in [*first, *(offer for offer in offered if offer not in first)]:
            if offer.width <= room:
                kept.append(offer)
                room -= offer.width
        return [offer for offer in offered if offer in kept]

    def _offered(self) -> Iterator[Offer]:
        active = self.screen.active_bindings
        scope = scope_of(self.screen)
        # The screen may know a better word for what a key does now; "": nothing worth a place.
        better = getattr(self.screen, "label_now", lambda _: None)
        for row in actions(*([scope] if scope else []), "app"):
            label = better(row.id)
            label = row.label if label is None else label
            keys = [
                key
                for key in row.keys
                if key in active and active[key].enabled and active[key].binding.action == row.runs
            ]
            if row.footer and label and keys:
                yield Offer(row, shown_key(keys[0]), label)

"""The command palette's contents: every action of the current screen and of the app."""

from collections.abc import Iterator
from typing import Any

from textual.app import App
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.screen import Screen

from gru_tui.actions import Action, actions, scope_of
from gru_tui.screens.refusing import RefusingScreen


class ActionsProvider(Provider):
    """Offers the rows of the table of actions; a row is run where its scope says."""

    async def discover(self) -> Hits:
        """Everything, before anything is typed."""
        for row in self._rows():
            yield DiscoveryHit(_title(row), self._runner(row), text=row.label, help=row.help)

    async def search(self, query: str) -> Hits:
        """The rows whose label or explanation resembles the query."""
        matcher = self.matcher(query)
        for row in self._rows():
            score = max(matcher.match(row.label), 0.8 * matcher.match(row.help))
            if score > 0:
                display = Content.assemble(matcher.highlight(row.label), _keys(row))
                yield Hit(score, display, self._runner(row), text=row.label, help=row.help)

    def _rows(self) -> Iterator[Action]:
        scope = scope_of(self.screen)
        yield from actions(*([scope] if scope else []), "app")

    def _runner(self, row: Action) -> "Runner":
        return Runner(self.app, self.screen, row)


class Runner:
    """Runs one row of the table, as its key would."""

    def __init__(self, app: App[Any], screen: Screen[Any], row: Action) -> None:
        self._app, self._screen, self._row = app, screen, row

    async def __call__(self) -> None:
        """Run it on the screen, or on the app; or hear why it cannot be done now."""
        namespace = self._app if self._row.scope == "app" else self._screen
        done = await self._app.run_action(self._row.runs, default_namespace=namespace)
        if not done and isinstance(self._screen, RefusingScreen):
            self._screen.refuse(self._row.runs)


def _keys(row: Action) -> Content:
    return Content.styled(f"  {row.shown_keys}" if row.keys else "", "dim")


def _title(row: Action) -> Content:
    return Content.assemble(row.label, _keys(row))

"""The app with one screen on which everything that shows somebody else's text stands at once.

As a program: `python -m tests.endurance.sinks FILE` shows the texts of a JSON file one by one.
"""

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Paste
from textual.screen import Screen
from textual.widgets._toast import Toast, ToastRack

from gru_tui.app import GruTui
from gru_tui.context import Context
from gru_tui.curves.thinning import Curves, Mark, Points, Reading, View
from gru_tui.facts import Facts
from gru_tui.listing.rows import RunRow
from gru_tui.panes.chart import ChartPane
from gru_tui.panes.corpus import CorpusPane
from gru_tui.panes.generated_text import GeneratedText
from gru_tui.panes.hint import HintLine
from gru_tui.panes.messages import Told
from gru_tui.panes.run_detail import RunDetail
from gru_tui.panes.run_table import RunTable
from gru_tui.panes.sample import SamplePane
from gru_tui.panes.status import StatusLine
from gru_tui.panes.text_fields import LineInput, TextField
from gru_tui.panes.topbar import TopBar
from gru_tui.picture import Note, Picture
from gru_tui.screens.dialogs import Confirm, Prompt

COLUMNS, LINES = 140, 53
PATIENCE = 600.0  # seconds
DIALOGS_EVERY = 8  # texts


def forked_from(name: str) -> Curves:
    """Curves with the cursor on the mark of a fork of a run of that name."""
    return Curves(
        view=View(cursor=1.0),
        raw=Points((1.0, 2.0), (3.0, 2.0)),
        marks=(Mark(1.0, f"fork of {name} at step 5", "fork"),),
        end=2.0,
        reading=Reading(1.0, 1, 0.1, (3.0, 3.0), 3.0, (0.1, 0.1)),
    )


class SinksScreen(Screen[None]):
    """Every pane, none of them with a file behind it."""

    DEFAULT_CSS = """
    SinksScreen {
        CorpusPane { width: 40; height: 1fr; }
        RunTable { height: 6; }
        RunDetail { height: 14; }
        ChartPane { height: 6; }
        #forked { height: 3; }
        SamplePane { height: 1fr; width: 1fr; }
        GeneratedText { height: 1fr; width: 1fr; }
        TextField { height: 4; }
    }
    """

    def compose(self) -> ComposeResult:
        """Left the corpora, right all the rest."""
        yield TopBar("train")
        with Horizontal():
            yield CorpusPane()
            with Vertical():
                yield RunTable()
                yield RunDetail()
                yield ChartPane(id="empty")
                yield ChartPane(id="forked")
                yield SamplePane()
                yield GeneratedText()
                yield LineInput()
                yield TextField()
        yield HintLine()
        yield StatusLine()

    def show(self, text: str) -> None:
        """`text` in every place."""
        row = RunRow(
            id=text,
            name=text,
            state=text,
            corpus=text,
            model=text,
            reason=text,
            note=text,
            parent=text,
            tags=(text,),
            sample=text,
        )
        self.query_one(RunTable).show([row])
        self.query_one(RunDetail).show(row)
        corpora = self.query_one(CorpusPane)
        facts = Facts(text, text, text, 7, 7, None, text, text, (text,))
        corpora.list_all([facts], text)
        corpora.learn(facts)
        self.query_one("#empty", ChartPane).show_empty(text)
        self.query_one("#forked", ChartPane).show(forked_from(text))
        notes = (Note("sample", text, text, text), Note("warning", text, text))
        self.query_one(SamplePane).add(notes, afresh=True)
        written = self.query_one(GeneratedText)
        written.begin(text)
        for character in text:  # as it comes from a model
            written.append(character)
        self.query_one(HintLine).propose(text)
        self.query_one(StatusLine).show_words(text)
        self.query_one(LineInput).value = ""
        self.query_one(TextField).text = ""
        for field in (self.query_one(LineInput), self.query_one(TextField)):
            field.post_message(Paste(text))


class SinksApp(GruTui):
    """`show` returns when a text has been drawn."""

    def __init__(self, texts: Sequence[str] = ()) -> None:
        super().__init__(Context(Path("/nonexistent")))
        self._texts = texts
        self.hide_toasts = False

    def _train(self) -> Screen[Any]:
        return SinksScreen()

    MODES: ClassVar[dict[str, Any]] = {}

    def notify(self, message: str, **details: Any) -> None:
        """For longer: on a slow machine a text is still being looked for after six seconds."""
        super().notify(message, **{**details, "timeout": PATIENCE})

    async def show(self, text: str, *, dialogs: bool) -> None:
        """Draw it in every place, and in dialogs over them."""
        self.clear_notifications()
        self.picture = Picture(text, text, text, text, text, text, text)
        assert isinstance(self.screen, SinksScreen)
        self.screen.show(text)
        self.on_told(Told(text))
        await self.drawn()
        for rack in self.screen.query(ToastRack):
            rack.display = not self.hide_toasts
        if dialogs:
            for dialog in (
                Confirm(text, text, yes=text, no=text),
                Prompt(text, text, value=text, placeholder=text, check=lambda _: text, yes=text),
            ):
                self.push_screen(dialog)
                await self.drawn()
                await self.drawn()
                dialog.dismiss(None)
                await self.drawn()

    async def drawn(self) -> None:
        """What was changed is on the screen."""
        for _ in range(2):
            done = asyncio.Event()
            self.call_after_refresh(done.set)
            await done.wait()

    @property
    def told(self) -> str:
        """What stands on the notifications."""
        return "\n".join(str(Toast(one).render()) for one in self._notifications)

    @property
    def shown(self) -> str:
        """All lines of the screen."""
        return "\n".join(strip.text for strip in self.screen._compositor.render_strips())

    def show_all(self) -> None:
        """One after the other, and leave."""
        self.run_worker(self._show_all(), exit_on_error=True)

    async def _show_all(self) -> None:
        for place, text in enumerate(self._texts):
            await self.show(text, dialogs=place % DIALOGS_EVERY == 0)
        self.exit("", message=Content("all shown"))


def main() -> None:
    """Show the texts of a file."""
    app = SinksApp(json.loads(Path(sys.argv[1]).read_text()))
    app.call_later(app.show_all)
    app.run()
    sys.stdout.write("all shown\n" if app.return_code == 0 else "broken\n")


if __name__ == "__main__":
    main()

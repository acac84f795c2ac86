"""The corpora: a list to choose from, and what the highlighted one holds."""

from dataclasses import dataclass
from pathlib import Path

from rich.cells import cell_len, set_cell_size
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from gru_tui.facts import Facts
from gru_tui.figures import size
from gru_tui.table import cut
from gru_tui.visible import visible, visible_line

OPEN = "open"  # the id of the last row, which is no corpus


class CorpusList(OptionList):
    """The rows. Enter chooses; moving only looks."""


class CorpusPane(Vertical):
    """Shows what it is told; loading is the screen's work, in a thread."""

    DEFAULT_CSS = """
    CorpusPane {
        border: round $panel-lighten-2;
        border-title-color: $text-primary;
        border-subtitle-color: $text-muted;
        padding: 0 1;
        &:focus-within { border: round $accent; }
        CorpusList {
            height: auto; max-height: 9; min-height: 3;
            border: none; padding: 0; background: transparent;
            text-wrap: nowrap; text-overflow: ellipsis;
            scrollbar-size-vertical: 1;
        }
        .corpus--facts { height: auto; color: $text-muted; margin: 1 0 0 0; }
        .corpus--preview { height: 1fr; color: $foreground 70%; margin: 1 0 0 0; }
        .-fault { color: $text-error; }
    }
    """

    @dataclass
    class Chosen(Message):
        """The next run is to learn this one."""

        source: str
        name: str

    @dataclass
    class Looked(Message):
        """The highlight is on this one; somebody should load it."""

        source: str

    @dataclass
    class OpenWanted(Message):
        """A text of the user's own is to be opened."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.border_title = "Corpus"
        self._facts: dict[str, Facts] = {}
        self._chosen = ""

    def compose(self) -> ComposeResult:
        """List, figures, preview."""
        yield CorpusList(compact=True, markup=False)
        yield Static("", classes="corpus--facts", markup=False)
        yield Static("", classes="corpus--preview", markup=False)

    def on_resize(self) -> None:
        """The rows are as wide as the pane."""
        self._show_rows()

    def list_all(self, known: list[Facts], chosen: str) -> None:
        """Show these corpora, then texts of one's own; facts that are already loaded stay."""
        before, self._facts = self._facts, {facts.source: facts for facts in known}
        for source, facts in before.items():
            if source not in self._facts or facts.characters is not None or facts.fault:
                self._facts[source] = facts
        self.choose(chosen)

    def choose(self, source: str) -> None:
        """Mark this one as the corpus of the run."""
        self._chosen = source
        if source not in self._facts:
            self._facts[source] = Facts(source, Path(source).name or source)
        self._show_rows()
        self._highlight(source)

    def learn(self, facts: Facts) -> None:
        """A corpus was loaded, or could not be."""
        self._facts[facts.source] = facts
        self._show_rows()
        if facts.source == self._looked():
            self._show_facts(facts)

    @property
    def explanation(self) -> str:
        """For the hint line."""
        return "Up and down look at a text, Enter chooses it for the next run."

    def facts(self, source: str) -> Facts | None:
        """What is known of that one."""
        return self._facts.get(source)

    def enter(self) -> None:
        """Give the focus to the list."""
        self.query_one(CorpusList).focus()

    @on(OptionList.OptionHighlighted)
    def look(self, event: OptionList.OptionHighlighted) -> None:
        """Show what is known of the highlighted one, and ask for the rest."""
        event.stop()
        source = event.option_id or ""
        if source == OPEN:
            self._show_facts(Facts("", "", description="A text file, or a folder of them."))
        elif source in self._facts:
            self._show_facts(self._facts[source])
            if self._facts[source].characters is None:
                self.post_message(self.Looked(source))

    @on(OptionList.OptionSelected)
    def take(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click: this is the corpus, or a text is to be opened."""
        event.stop()
        source = event.option_id or ""
        if source == OPEN:
            self.post_message(self.OpenWanted())
        else:
            self.post_message(self.Chosen(source, self._facts[source].name))

    def _looked(self) -> str:
        rows = self.query_one(CorpusList)
        if rows.highlighted is None:
            return ""
        return rows.get_option_at_index(rows.highlighted).id or ""

    def _highlight(self, source: str) -> None:
        rows = self.query_one(CorpusList)
        rows.highlighted = list(self._facts).index(source)

    def _show_rows(self) -> None:
        rows = self.query_one(CorpusList)
        place = rows.highlighted
        with self.prevent(OptionList.OptionHighlighted):
            rows.set_options(
                [
                    *(Option(self._row(facts), id=facts.source) for facts in self._facts.values()),
                    Option(Content.styled("+ open a text …", "$text-primary"), id=OPEN),
                ]
            )
            if place is not None:
                rows.highlighted = min(place, rows.option_count - 1)

    def _row(self, facts: Facts) -> Content:
        mark = "▸ " if facts.source == self._chosen else "  "
        if facts.characters is not None:
            known = size(facts.characters)
        else:  # "about 460 KB" as the size of a loaded one stands there: ~460 K
            known = facts.hint.replace("about ", "~").removesuffix("B")
        name, right = visible_line(facts.name), f" {known:>6}" if not facts.fault else " !"
        if self.size.width:
            room = max(10, self.size.width - 3) - cell_len(right)  # the mark, the scroll bar
            name = set_cell_size(cut(name, room), room)
        else:  # not shown yet: in its first frame the list is to have whole names
            right = ""
        return Content.assemble(
            (mark, "$text-success"),
            (name, "bold" if facts.source == self._chosen else ""),
            (right, "dim"),
        )

    def _show_facts(self, facts: Facts) -> None:
        lines = self.query_one(".corpus--facts", Static)
        preview = self.query_one(".corpus--preview", Static)
        lines.set_class(bool(facts.fault), "-fault")
        if facts.fault:
            lines.update(visible(facts.fault))
            preview.update("")
            return
        words = [facts.description] if facts.characters is None else []
        if facts.characters is not None:
            words.append(f"{facts.characters:,} characters, {facts.vocabulary} different")
        if facts.entropy_rate is not None:
            words.append(f"entropy floor {facts.entropy_rate:.3f} nats per character")
        words.extend(facts.notes)
        lines.update(visible("\n".join(filter(None, words))))
        preview.update(visible(facts.preview))

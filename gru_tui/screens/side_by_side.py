"""Two checkpoints, of one run or of two, write from the same seed text and random seed."""

from collections.abc import Sequence

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Select

from gru_tui.figures import loss_figure
from gru_tui.generation.process import AnyReply, Written
from gru_tui.generation.shelf import Kept
from gru_tui.panes.generated_text import GeneratedText
from gru_tui.screens.beginning import Beginning, BeginningLines, TextsDialog
from gru_tui.visible import visible

Writer = tuple[str, Kept]  # a run's name and one of its checkpoints
SIDES = ("left", "right")


class SideBySide(TextsDialog):
    """Each side chooses among all checkpoints that are there."""

    DEFAULT_CSS = """
    SideBySide {
        #sides { height: 1fr; }
        .side { width: 1fr; height: 1fr; }
        .side Select { height: 1; margin: 0 1; }
        GeneratedText {
            height: 1fr; border: round $panel-lighten-2; border-title-color: $text-primary;
        }
        GeneratedText:focus { border: round $accent; }
    }
    """

    def __init__(self, names: Sequence[str], writers: Sequence[Writer]) -> None:
        """`names` are those of the run, or of both runs."""
        super().__init__()
        self._names = names
        self._choices = list(writers)
        self._chosen: tuple[int, int] = _proposed(self._choices)

    def compose(self) -> ComposeResult:
        """What they have in common, above the two texts."""
        with Vertical(classes="dialog") as panel:
            names = " and ".join(visible(name) for name in self._names)
            panel.border_title = Content(f"Side by side: {names}")
            yield BeginningLines()
            options = [(self._option(*writer), at) for at, writer in enumerate(self._choices)]
            with Horizontal(id="sides"):
                for side, chosen in zip(SIDES, self._chosen, strict=True):
                    with Vertical(classes="side"):
                        yield Select(
                            options, value=chosen, allow_blank=False, compact=True, id=f"of-{side}"
                        )
                        yield GeneratedText(id=side)
            yield from self.buttons()

    def _writers(self) -> Sequence[Kept]:
        return [self._choices[self._at(side)][1] for side in SIDES]

    def _begin_texts(self, beginning: Beginning) -> None:
        for side in SIDES:
            pane = self._pane(side)
            pane.begin(beginning.seed_text)
            name, kept = self._choices[self._at(side)]
            # Above the frame stands all of it; a narrow one has room for what tells them apart.
            pane.border_title = Content(visible(name) if self._of_two else titled(kept))

    def _take(self, place: int, reply: AnyReply) -> None:
        if isinstance(reply, Written):
            self._pane(SIDES[place]).append(reply.text)

    @property
    def _of_two(self) -> bool:
        """Whether two runs write: then their names tell the texts apart."""
        return len({name for name, _ in self._choices}) > 1

    def _option(self, name: str, kept: Kept) -> Text:
        words = f"{titled(kept)} · {visible(name)}" if self._of_two else titled(kept)
        return Text(words)

    def _at(self, side: str) -> int:
        at = self.query_one(f"#of-{side}", Select).value
        return at if isinstance(at, int) else 0

    def _pane(self, side: str) -> GeneratedText:
        return self.query_one(f"#{side}", GeneratedText)


def titled(kept: Kept) -> str:
    """As in "best 1,200 · 1.234": step and validation loss."""
    loss = "" if kept.validation_loss is None else f" · {loss_figure(kept.validation_loss)}"
    return f"{kept.title}{loss}"


def _proposed(writers: Sequence[Writer]) -> tuple[int, int]:
    """The best of two runs each; of one run its oldest and its best."""
    names = [name for name, _ in writers]
    best = [at for at, (_, kept) in enumerate(writers) if kept.name == "best"]
    first = {name: names.index(name) for name in reversed(names)}
    of_run = [next((at for at in best if names[at] == name), first[name]) for name in first]
    if len(of_run) > 1:
        return min(of_run), max(of_run)
    oldest = min(range(len(writers)), key=lambda at: writers[at][1].step)
    return oldest, of_run[0]

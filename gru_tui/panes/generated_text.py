"""The text that a model writes, as it streams: the seed text and the model's words apart."""

from collections.abc import Sequence
from typing import ClassVar

from gru_tui.generation.wrapping import Run, Wrapping
from gru_tui.panes.following_text import FollowingText
from gru_tui.visible import visible

SEED, MODEL, ASIDE = "seed", "model", "aside"


class GeneratedText(FollowingText):
    """Holds the true text and shows it wrapped."""

    DEFAULT_CSS = """
    GeneratedText {
        background: $background;
        color: $foreground;
        & > .generated-text--seed { color: $text-accent; text-style: bold; }
        & > .generated-text--model { color: $foreground; }
        & > .generated-text--aside { color: $text-muted; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "generated-text--seed",
        "generated-text--model",
        "generated-text--aside",
    }
    STYLES = "generated-text"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._parts: list[Run] = []
        self._aside = ""
        self._wrapping = Wrapping(80)

    @property
    def text(self) -> str:
        """The true text: the seed text and what followed it."""
        return "".join(text for text, _ in self._parts)

    @property
    def lines(self) -> Sequence[list[Run]]:
        """The text, or the aside in its place."""
        return self._wrapping.lines

    def show_aside(self, words: str) -> None:
        """Words of the program's own in place of a text, as long as there is none."""
        self._parts, self._aside = [], words
        self._wrap_again()
        self.scroll_home(animate=False)

    def begin(self, seed_text: str) -> None:
        """A new text, which starts with `seed_text`."""
        self._parts, self._aside = [], ""
        self._wrap_again()
        self.to_end()
        self.append(seed_text, SEED)

    def append(self, text: str, kind: str = MODEL) -> None:
        """More text behind what is there."""
        if not text:
            return
        self._parts.append((text, kind))
        changed = self._wrapping.append(visible(text), kind)
        self.lines_changed()
        self.refresh_lines(changed, len(self.lines) - changed)

    def on_resize(self) -> None:
        """Another width: wrap again."""
        if self.room != self._wrapping.width:
            self._wrap_again()
        else:
            self.lines_changed()

    def _wrap_again(self) -> None:
        self._wrapping = Wrapping(self.room)
        for text, kind in self._parts or [(self._aside, ASIDE)]:
            self._wrapping.append(visible(text), kind)
        self.lines_changed()
        self.refresh()

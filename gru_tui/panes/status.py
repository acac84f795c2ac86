"""The line of figures: how the run stands, in numbers that do not jump about."""

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from gru_tui.figures import duration, loss_figure, memory, perplexity_figure, rate_figure
from gru_tui.picture import Picture
from gru_tui.visible import visible

Part = tuple[str, str, str]  # name, figure, what follows it


class StatusLine(Widget):
    """Shows as many figures as fit, the most important ones first."""

    DEFAULT_CSS = """
    StatusLine { height: 1; width: 1fr; padding: 0 1; background: $surface; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._picture: Picture | None = None
        self._words = ""

    def show(self, picture: Picture | None) -> None:
        """Take the newest picture of the run."""
        if picture != self._picture:
            self._picture = picture
            self.refresh()

    def show_words(self, words: str) -> None:
        """What to say as long as there is no picture."""
        words = visible(words)
        if words != self._words:
            self._words = words
            self.refresh()

    def render(self) -> Content:
        """The figures from left to right in a fixed order."""
        picture = self._picture
        if picture is None:
            return Content.styled(self._words, "$foreground-muted")
        parts = _parts(picture, short=self.size.width < 100)
        room = self.size.width + 2
        kept: list[Part] = []
        for part in sorted(parts, key=parts.__getitem__):
            if (needed := _width(part) + 2) <= room:
                kept.append(part)
                room -= needed
        shown = [
            Content.assemble(
                (f"{name} " if name else "", "$foreground-muted"),
                (figure, "bold"),
                (f" {unit}" if unit else "", "$foreground-muted"),
            )
            for name, figure, unit in parts
            if (name, figure, unit) in kept
        ]
        return Content("  ").join(shown)


def _width(part: Part) -> int:
    return cell_len(" ".join(word for word in part if word))


def _parts(picture: Picture, *, short: bool) -> dict[Part, int]:
    """The figures in their order on the line, with their rank when there is not room for all."""
    epochs = picture.hyperparameters.get("epochs") or 0
    of_epochs = f"/{epochs:,}" if epochs else ""
    best = loss_figure(picture.best_loss).strip()
    at = f"at {picture.best_epoch:.1f}" if picture.best_epoch is not None and not short else ""
    parts: dict[Part, int] = {}
    if picture.silent_seconds:
        parts["no news for", duration(picture.silent_seconds), ""] = -1
    parts |= {
        ("ep" if short else "epoch", f"{picture.epoch:5,.2f}{of_epochs}", ""): 1,
        ("step", f"{picture.step:,}", ""): 6,
        ("loss", loss_figure(picture.loss), ""): 0,
        ("ppl", perplexity_figure(picture.loss).strip().rjust(5), ""): 3,
        ("best", best, at): 2,
    }
    if picture.state == "running":
        parts["", rate_figure(picture.characters_per_second), "char/s"] = 4
    if picture.seconds_left is not None:
        parts["left", duration(picture.seconds_left), ""] = 5
    if picture.memory is not None and picture.alive and not short:
        parts["mem", memory(picture.memory), ""] = 7
    return parts

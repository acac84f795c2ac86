"""The line of figures: how the run stands, in numbers that do not jump about."""

from textual.content import Content
from textual.widget import Widget

from gru_tui.figures import duration, loss_figure, memory, perplexity_figure, rate_figure
from gru_tui.picture import Picture

MARKS = {
    "starting": "○",
    "running": "●",
    "paused": "‖",
    "stopped": "■",
    "finished": "✓",
    "failed": "✗",
    "interrupted": "?",
}
STYLES = {
    "running": "$text-success",
    "paused": "$text-warning",
    "failed": "$text-error",
    "interrupted": "$text-warning",
}
Part = tuple[str, str, str]  # name, figure, what follows it


def state_words(state: str) -> Content:
    """The mark and the word of a state: never colour alone."""
    return Content.styled(f"{MARKS.get(state, '·')} {state}", STYLES.get(state, ""))


class StatusLine(Widget):
    """Shows as many figures as fit, the most important ones first."""

    DEFAULT_CSS = """
    StatusLine { height: 1; width: 1fr; padding: 0 1; background: $surface; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._picture: Picture | None = None

    def show(self, picture: Picture | None) -> None:
        """Take the newest picture of the run."""
        if picture != self._picture:
            self._picture = picture
            self.refresh()

    def render(self) -> Content:
        """State, then the figures from left to right in a fixed order."""
        picture = self._picture
        if picture is None:
            return Content.styled("no run yet", "$text-muted")
        parts = _parts(picture, short=self.size.width < 100)
        room = self.size.width - len(_state(picture)) - 2
        kept: list[Part] = []
        for part in sorted(parts, key=parts.__getitem__):
            if (needed := _width(part) + 2) <= room:
                kept.append(part)
                room -= needed
        line = [_state(picture)]
        for name, figure, unit in (part for part in parts if part in kept):
            line += [
                Content("  "),
                Content.styled(f"{name} " if name else "", "$text-muted"),
                Content.styled(figure, "bold"),
                Content.styled(f" {unit}" if unit else "", "$text-muted"),
            ]
        return Content("").join(line)


def _state(picture: Picture) -> Content:
    words = state_words(picture.state)
    return words if len(words) >= 9 else words + " " * (9 - len(words))


def _width(part: Part) -> int:
    name, figure, unit = part
    return len(figure) + (len(name) + 1 if name else 0) + (len(unit) + 1 if unit else 0)


def _parts(picture: Picture, *, short: bool) -> dict[Part, int]:
    """The figures in their order on the line, with their rank when there is not room for all."""
    epochs = picture.hyperparameters.get("epochs") or 0
    of_epochs = f"/{epochs}" if epochs else ""
    rate = picture.characters_per_second if picture.state == "running" else None
    best = loss_figure(picture.best_loss).strip()
    at = f"at {picture.best_epoch:.1f}" if picture.best_epoch is not None and not short else ""
    left = duration(picture.seconds_left)
    parts: dict[Part, int] = {
        ("ep" if short else "epoch", f"{picture.epoch:.2f}{of_epochs}", ""): 1,
        ("step", f"{picture.step:,}", ""): 6,
        ("", rate_figure(rate), "char/s"): 4,
        ("loss", loss_figure(picture.loss), ""): 0,
        ("ppl", perplexity_figure(picture.loss).strip().rjust(5), ""): 3,
        ("best", best, at): 2,
    }
    if picture.seconds_left is not None:
        parts["left", left, ""] = 5
    if picture.memory is not None and not short:
        parts["mem", memory(picture.memory), ""] = 7
    return parts

"""The tour's note: below the samples, where it takes a little room and covers nothing."""

from textual.content import Content
from textual.widgets import Static

from gru_tui.actions import key_of
from gru_tui.tour import NOTES


class TourPane(Static, can_focus=False):
    """Shows one note at a time; hidden before the first and after the last."""

    DEFAULT_CSS = """
    TourPane {
        display: none;
        height: auto;
        border: round $accent;
        border-title-color: $text-accent;
        border-subtitle-color: $text-muted;
        padding: 0 1;
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("", id=id, markup=False)
        self._place = 0

    @property
    def is_open(self) -> bool:
        """Whether a note is shown."""
        return bool(self.display)

    def open(self) -> None:
        """Show the first note."""
        self._show(0)

    def next(self) -> None:
        """Show the next note, or nothing after the last."""
        self._show(self._place + 1)

    def close(self) -> None:
        """Show none."""
        self.display = False

    def _show(self, place: int) -> None:
        self._place = place
        if place >= len(NOTES):
            self.close()
            return
        note = NOTES[place]
        self.border_title = Content(f"{place + 1} of {len(NOTES)} · {note.title}")
        self.border_subtitle = Content(_keys(last=place == len(NOTES) - 1))
        self.update(note.words)
        self.display = True


def _keys(*, last: bool) -> str:
    parts = [f"{key_of('tour_next')} {'close' if last else 'next'}"]
    if not last:
        parts.append(f"{key_of('train.leave_field')} skip")
    return " · ".join([*parts, f"{key_of('tour_never')} never again"])

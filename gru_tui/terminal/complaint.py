"""What the app leaves on the terminal when it breaks: a traceback that can do nothing else."""

from typing import Any

from rich.console import Console
from rich.segment import Segment, Segments

from gru_tui.visible import visible


class VisibleConsole(Console):
    """Prints rendered pieces with what acts in their text made visible."""

    def print(self, *objects: Any, **details: Any) -> None:
        """As rich's, save for the text."""
        super().print(*map(_shown, objects), **details)


def _shown(piece: Any) -> Any:
    if isinstance(piece, str):
        return visible(piece)
    if not isinstance(piece, Segments):
        return piece
    return Segments(
        [
            Segment(text if control else visible(text), style, control)
            for text, style, control in piece.segments
        ]
    )

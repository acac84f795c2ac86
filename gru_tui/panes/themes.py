"""The colours that the app starts with; Textual's own themes are in the palette beside them."""

from textual.theme import BUILTIN_THEMES, Theme

RIVER = Theme(
    name="river",
    dark=True,
    primary="#63b8c4",  # the training curve: the brightest thing on the screen
    secondary="#a58fd0",  # marks in the chart
    accent="#d9a860",
    warning="#e0b062",  # validation, and what waits to be applied
    error="#dd7878",
    success="#8dbb81",
    foreground="#cdd6dd",
    background="#11161c",
    surface="#161d25",
    panel="#1d2731",
    variables={
        # A cursor that says where one is, and does not outshine the curve.
        "block-cursor-background": "#2d5661",
        "block-cursor-foreground": "#e6eef2",
        "block-cursor-blurred-background": "#1d2731",
        # The track of a scroll bar is not to look like a black bar.
        "scrollbar-background": "#11161c",
        "scrollbar-background-hover": "#11161c",
        "scrollbar-background-active": "#11161c",
        "scrollbar-corner-color": "#11161c",
    },
)

FEW_COLOURS = "ansi-dark"  # Textual's theme of the terminal's own colours, where it has only 16


def names() -> list[str]:
    """The names of all themes."""
    return sorted([RIVER.name, *BUILTIN_THEMES])

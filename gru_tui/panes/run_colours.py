"""Eight colours that stay with a compared run, legible on a dark ground and on a light one."""

from textual.color import Color

from gru_tui.panes.contrast import legible, luminance

DARK = ("#56b4e9", "#e69f00", "#3ecf9b", "#ff8a65", "#d99be8", "#f0e442", "#d0d0d0", "#ff9ecf")
LIGHT = ("#005f99", "#8a4b00", "#00664d", "#b3301f", "#7a3a94", "#665c00", "#404040", "#a3246d")
LEAST_CONTRAST = 4.5


def run_colour(place: int, ground: Color) -> Color:
    """The colour of that place, moved towards black or white until it is legible on `ground`."""
    colours = DARK if luminance(ground) < 0.18 else LIGHT
    return legible(Color.parse(colours[place % len(colours)]), ground, LEAST_CONTRAST)

"""Eight colours that stay with a compared run, legible on a dark ground and on a light one."""

from textual.color import Color

DARK = ("#56b4e9", "#e69f00", "#3ecf9b", "#ff8a65", "#d99be8", "#f0e442", "#d0d0d0", "#ff9ecf")
LIGHT = ("#005f99", "#8a4b00", "#00664d", "#b3301f", "#7a3a94", "#665c00", "#404040", "#a3246d")
LEAST_CONTRAST = 4.5


def run_colour(place: int, ground: Color) -> Color:
    """The colour of that place, moved towards black or white until it is legible on `ground`."""
    dark = _luminance(ground) < 0.18
    end = Color(255, 255, 255) if dark else Color(0, 0, 0)
    colour = Color.parse((DARK if dark else LIGHT)[place % len(DARK)])
    for part in range(1, 11):
        if contrast(colour, ground) >= LEAST_CONTRAST:
            break
        colour = colour.blend(end, part / 10)
    return colour


def contrast(one: Color, other: Color) -> float:
    """From 1 to 21, as the Web Content Accessibility Guidelines (2.1) define it."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: Color) -> float:
    parts = [part / 255 for part in colour.rgb]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

"""How far apart two colours are in lightness, as WCAG 2 counts it."""

from textual.color import Color


def contrast(one: Color, other: Color) -> float:
    """From 1, the same lightness, to 21, black and white."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def legible(colour: Color, ground: Color, least: float) -> Color:
    """The colour, moved towards black or white until it has that contrast with the ground."""
    end = Color(255, 255, 255) if luminance(ground) < 0.18 else Color(0, 0, 0)
    for part in range(1, 11):
        if contrast(colour, ground) >= least:
            break
        colour = colour.blend(end, part / 10)
    return colour


def luminance(colour: Color) -> float:
    """How light a colour is, from 0 to 1, with each part as bright as the eye takes it."""
    red, green, blue = (_linear(part / 255) for part in colour.rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)

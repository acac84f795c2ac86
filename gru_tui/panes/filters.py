"""The last thing that happens to a line before the terminal gets it: contrast, colours, signs."""

from functools import lru_cache

from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from gru_tui.panes.contrast import contrast, luminance
from gru_tui.terminal.glyphs import plain
from gru_tui.visible import visible

WHITE, BLACK = Color(255, 255, 255), Color(0, 0, 0)
FAINT = 3.0  # contrast below which a text was meant to stand back
STRONG = 1.8  # contrast of two backgrounds from which on one of them says "here"
LEAST = 4.5  # contrast of what is to be read (WCAG 2, AA), in every theme
# What is drawn and not read keeps the colour that it was given: curves, bars, frames.
DRAWN = frozenset(
    " ─│┌┐└┘├┤┬┴┼╭╮╯╰┄━╸╺▁▂▃▄▅▆▇█▀▔▕▏▎▍▌▋▊▉▐●·▴○" + "".join(map(chr, range(0x2800, 0x2900)))
)


class VisibleFilter(LineFilter):
    """Nothing acts on the terminal instead of showing, whatever widget let it through."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments; all that is no control of Textual's own is printable."""
        return [
            segment
            if segment.control or segment.text.isprintable()
            else segment._replace(text=visible(segment.text))
            for segment in segments
        ]


class ContrastFilter(LineFilter):
    """No text stands back so far that it cannot be read, whatever the theme makes of it."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments, the faint ones lighter, or darker on a light background."""
        found = []
        for segment in segments:
            style = segment.style
            mended = style and _readable(style)
            if mended is not style and not DRAWN.issuperset(segment.text):
                segment = segment._replace(style=mended)
            found.append(segment)
        return found


class AsciiFilter(LineFilter):
    """No sign above 127, each cell in its place."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments with other signs."""
        return [Segment(plain(text), style, control) for text, style, control in segments]


class ColourlessFilter(LineFilter):
    """No colour code at all. What colour said, weight says: faint, and reversed for a cursor."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments in bold, dim, reverse and underlined only."""
        return [
            Segment(text, style and _without_colour(style, background), control)
            for text, style, control in segments
        ]


@lru_cache(4096)
def _readable(style: Style) -> Style:
    above, below = _colour(style.color), _colour(style.bgcolor)
    if style.reverse:
        above, below = below, above
    if above is None or below is None or contrast(above, below) >= LEAST:
        return style
    mended = _apart(above, below).rich_color
    return style + (Style(bgcolor=mended) if style.reverse else Style(color=mended))


def _apart(above: Color, below: Color) -> Color:
    """`above` as little lighter or darker as makes it readable on `below`."""
    lighter = luminance(above) >= luminance(below)
    end = WHITE if lighter else BLACK
    if contrast(end, below) < LEAST:
        end = BLACK if lighter else WHITE
    near, far = 0.0, 1.0
    for _ in range(8):
        middle = (near + far) / 2
        if contrast(above.blend(end, middle), below) < LEAST:
            near = middle
        else:
            far = middle
    return above.blend(end, far)


@lru_cache(4096)
def _without_colour(style: Style, background: Color) -> Style:
    bare = style.without_color
    if style.meta:  # what a click there does
        bare += Style(meta=style.meta)
    below = _colour(style.bgcolor) or background
    above = _colour(style.color)
    if not style.reverse and contrast(below, background) >= STRONG:
        return bare + Style(reverse=True, dim=False)
    if above is not None and contrast(above, below) < FAINT:
        return bare + Style(dim=True)
    return bare


def _colour(colour: RichColor | None) -> Color | None:
    return None if colour is None or colour.triplet is None else Color.from_rich_color(colour)

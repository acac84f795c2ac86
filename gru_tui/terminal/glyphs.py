"""What a terminal without Unicode shows for each sign: one ASCII character a cell.

The one place that knows: everything that reaches the screen goes through here at the last
moment (`gru_tui.panes.filters`), so that no pane needs to know of it.
"""

import unicodedata
from functools import lru_cache

from rich.cells import cell_len

SIGNS = {
    "o": "●○◉◎◌•∙",
    "*": "◆◇★☆×█",
    "^": "▲△▴↑",
    "v": "▼▽▾↓",
    ">": "▶▷▸►→›»↳",
    "<": "◀◁◂◄←‹«⏎⌫",
    "#": "■□▪▫▓▙▛▜▟▇",
    "=": "‖═▄▅▆",
    "+": "✓✔±┌┐└┘├┤┬┴┼╭╮╯╰╔╗╚╝╠╣╦╩╬┏┓┗┛┣┫┳┻╋",
    "x": "✗✘✕",
    "-": "–—―−‐‑‒─━┄┅┈┉╌╍╴╶╸╺⎯▔",
    "_": "▁▂▖▗",
    ".": "…·░▃",
    ":": "▒",
    "'": "▀▘▝‘’‚′",
    '"': "“”„″",
    "|": "│┃┆┇┊┋╎╏║╵╷╹╻▏▎▍▕▐▌▋▊▉↕⎮",
    "~": "≈∞÷⇥",
    "/": "╱▞",
    "\\": "╲▚",
    "s": "σΣ",
    "d": "Δ",
    "u": "µμ",
    "E": "€",
    "L": "£",
    "Y": "¥",
    " ": "\u00a0\u2007\u2009\u202f",
}
DOTS = ((0, 3), (1, 4), (2, 5), (6, 7))  # the bits of a Braille cell, row by row: left, right
BECOMES, BECOMES_PLAIN = " → ", " ->"  # ">" alone, between two numbers, would compare them
BRAILLE, LAST_BRAILLE = 0x2800, 0x28FF


def _table() -> dict[int, str]:
    table: dict[int, str] = {}
    for ascii_sign, signs in SIGNS.items():
        table |= {ord(sign): ascii_sign for sign in signs}
    # The pictures of control characters: the letter that the caret notation has.
    table |= {0x2400 + code: chr(code + 0x40) for code in range(0x20)}
    table[0x2421] = "?"
    table[0x1F50E] = "> "  # the magnifying glass of the palette, two cells wide
    return table | {code: _dotted(code) for code in range(BRAILLE, LAST_BRAILLE + 1)}


def _dotted(code: int) -> str:
    """A sign with about the shape of the dots of a Braille cell: a curve stays a curve."""
    left = [row for row, bits in enumerate(DOTS) if code >> bits[0] & 1]
    right = [row for row, bits in enumerate(DOTS) if code >> bits[1] & 1]
    rows = left + right
    if not rows:
        return " "
    if len(rows) >= 6:
        return "#"
    if max(rows) - min(rows) <= 1:
        return "''---.."[min(rows) + max(rows)]
    if not (left and right):
        return "|"
    slope = sum(right) / len(right) - sum(left) / len(left)
    return "|" if abs(slope) < 0.5 else "\\" if slope > 0 else "/"


_TABLE = _table()


def plain(text: str) -> str:
    """`text`, which is one line without controls, in ASCII and as many cells wide as before."""
    if text.isascii():
        return text
    width = cell_len(text)  # less than its signs' for what is joined, as in a family of emoji
    text = text.replace(BECOMES, BECOMES_PLAIN)
    return "".join(map(_plain, text))[:width].ljust(width, "?")


@lru_cache(4096)
def _plain(sign: str) -> str:
    if sign.isascii():
        return sign
    found = _TABLE.get(ord(sign))
    if found is not None:
        return found
    width = cell_len(sign)
    letters = unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode()
    if len(letters) == width and letters.isprintable():
        return letters  # é is e: nearer than a question mark
    return "?" * width

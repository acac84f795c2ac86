"""Untrusted text as it may be shown: nothing in it can drive the terminal or reorder a line.

Control characters become the pictures that Unicode has for them; what only acts (bidirectional
controls, lone surrogates and the like) becomes its code point in angle brackets.
"""

KEPT = "\n\t"
_IN_ONE_LINE = str.maketrans(KEPT, " " * len(KEPT))
BIDIRECTIONAL = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
SEPARATORS = "\u2028\u2029"  # some terminals and widgets break the line there


def _table() -> dict[int, str]:
    table = {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in KEPT}
    table[0x7F] = "\u2421"
    named = [*range(0x80, 0xA0), *map(ord, BIDIRECTIONAL + SEPARATORS), *range(0xD800, 0xE000)]
    table |= {code: f"<{code:X}>" for code in named}
    return table


_TABLE = _table()


def visible(text: str) -> str:
    """`text` with everything that acts instead of showing made visible, save newline and tab."""
    return text if text.isprintable() and text.isascii() else text.translate(_TABLE)


def visible_line(text: str) -> str:
    """The same in one line, where there is room for one only."""
    return one_line(visible(text))


def one_line(text: str) -> str:
    """`text` with blanks for newlines and tabs, which would make two lines of it, or columns."""
    return text.translate(_IN_ONE_LINE)

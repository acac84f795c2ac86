"""In which line of a TOML text a key stands: tomllib tells only where it stumbled."""

import re
import tomllib

_PART = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
_KEY = re.compile(rf"\s*({_PART}(?:\s*\.\s*{_PART})*)\s*=")
_HEADER = re.compile(rf"\s*\[\[?\s*({_PART}(?:\s*\.\s*{_PART})*)\s*\]")


def line_of(text: str, *path: str) -> int:
    """The line, from 1, in which the key of that path, or its table, is set; 0 if none is found."""
    table: tuple[str, ...] = ()
    nearest = 0
    for number, line in enumerate(text.split("\n"), 1):
        header = _HEADER.match(line)
        found = header or _KEY.match(line)
        if found is None:
            continue
        here = _path(found[1])
        if header:
            table = here
        else:
            here = (*table, *here)
        if here[: len(path)] == path:
            return number
        if here == path[: len(here)]:  # an inline table, or the header above it
            nearest = number
    return nearest


def _path(key: str) -> tuple[str, ...]:
    try:
        inner: object = tomllib.loads(f"{key} = 0")
    except tomllib.TOMLDecodeError:
        return ()
    names = []
    while isinstance(inner, dict):
        ((name, inner),) = inner.items()
        names.append(name)
    return tuple(names)

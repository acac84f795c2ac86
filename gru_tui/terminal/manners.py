"""How the app is to meet this terminal and this person: signs, colours, mouse, what was set."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from gru_tui.configuration import Configuration, ConfigurationError, read

PLAIN_LOCALES = {"C", "POSIX"}
NO_TERMINALS = {"dumb", "unknown"}  # what TERM says of what can do nothing but print


@dataclass(frozen=True)
class Manners:
    """`fault` is the sentence about an unusable configuration, which the app tells."""

    ascii: bool = False
    mouse: bool = True
    coloured: bool = True
    sixteen: bool = False  # only the terminal's own colours
    configuration: Configuration = field(default_factory=Configuration)
    fault: str = ""


def decided(*, ascii_signs: bool | None = None, mouse: bool | None = None) -> Manners:
    """The options where they are given, else the configuration, else what the terminal says.

    A configuration that cannot be used never stands between a person and a run: its fault is
    told in the app, which has its defaults then.
    """
    fault = ""
    try:
        configuration = read()
    except ConfigurationError as error:
        configuration = Configuration()
        fault = f"{error}. Until then all is as if there were no such file."
    if ascii_signs is None:
        ascii_signs = configuration.ascii
    if mouse is None:
        mouse = configuration.mouse
    return Manners(
        ascii=has_few_signs(os.environ) if ascii_signs is None else ascii_signs,
        mouse=True if mouse is None else mouse,
        coloured=has_colours(os.environ),
        sixteen=has_only_sixteen(os.environ),
        configuration=configuration,
        fault=fault,
    )


def has_few_signs(environment: Mapping[str, str]) -> bool:
    """Whether only ASCII is sure to be seen: by the locale, or on the console of Linux."""
    # Whose fonts have 512 signs at most: no Braille for curves, no round corners.
    return environment.get("TERM") == "linux" or locale_is_plain(environment)


def locale_is_plain(environment: Mapping[str, str]) -> bool:
    """Whether the locale asks for ASCII: C, POSIX, or another character set than UTF-8.

    No locale at all, as in many containers, says nothing about the terminal: then UTF-8.
    """
    names = [environment.get(name, "") for name in ("LC_ALL", "LC_CTYPE", "LANG")]
    if names[1] == "C.UTF-8" and not names[0] and names[2] in PLAIN_LOCALES:
        return True  # Python itself has put LC_CTYPE there (PEP 538), because LANG is C
    chosen = next((name for name in names if name), "")
    _, dot, charset = chosen.partition("@")[0].partition(".")
    if dot:
        return charset.lower().replace("-", "") != "utf8"
    return chosen in PLAIN_LOCALES


def has_colours(environment: Mapping[str, str]) -> bool:
    """Whether colours are wanted (NO_COLOR) and possible (TERM, and what terminfo knows of it)."""
    term = environment.get("TERM", "").lower()
    if environment.get("NO_COLOR") or term in NO_TERMINALS:
        return False
    if not term or environment.get("COLORTERM") or "color" in term:
        return True
    try:
        import curses
    except ImportError:  # a part of Python that some systems leave out
        return True
    try:
        curses.setupterm(term, fd=1)
    except (curses.error, OSError, ValueError):
        return True  # a terminal newer than the database
    return curses.tigetnum("colors") > 2


def has_only_sixteen(environment: Mapping[str, str]) -> bool:
    """Whether Textual is going to press all colours into the terminal's own sixteen."""
    if environment.get("COLORTERM", "").lower() in {"truecolor", "24bit"}:
        return False
    forced = environment.get("TEXTUAL_COLOR_SYSTEM", "auto")
    if forced != "auto":
        return forced == "standard"
    return not environment.get("TERM", "").endswith(("256color", "kitty"))

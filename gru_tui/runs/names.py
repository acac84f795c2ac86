"""Names for runs: an id that sorts by time, and two words that people remember."""

import re
import secrets
import time
from collections.abc import Container

LAST = "last"
ID = re.compile(r"[0-9]{6}-[0-9]{6}[a-z]{0,3}")
COLOURS = [
    "amber",
    "azure",
    "bronze",
    "cobalt",
    "copper",
    "coral",
    "crimson",
    "ebony",
    "emerald",
    "golden",
    "indigo",
    "ivory",
    "jade",
    "lilac",
    "maroon",
    "mauve",
    "ochre",
    "olive",
    "pearl",
    "plum",
    "rose",
    "ruby",
    "russet",
    "saffron",
    "sage",
    "scarlet",
    "sepia",
    "silver",
    "slate",
    "teal",
    "umber",
    "violet",
]
ANIMALS = [
    "badger",
    "bat",
    "bear",
    "beaver",
    "bee",
    "crane",
    "crow",
    "deer",
    "dove",
    "eel",
    "falcon",
    "finch",
    "fox",
    "gull",
    "hare",
    "hawk",
    "heron",
    "ibex",
    "jay",
    "kite",
    "lark",
    "lynx",
    "marten",
    "mole",
    "moth",
    "newt",
    "otter",
    "owl",
    "raven",
    "seal",
    "swan",
    "wren",
]


def new_name(taken: Container[str]) -> str:
    """Two words that no other run has; after many tries any two."""
    for _ in range(64):
        name = f"{secrets.choice(COLOURS)}-{secrets.choice(ANIMALS)}"
        if name not in taken:
            break
    return name


def clash(name: str) -> str:
    """Why no run can be called so, which would then be found by its id only; "" if one can."""
    if name == LAST:
        return f"a run cannot be called {name!r}, which means the newest run in every command"
    if ID.fullmatch(name):
        return f"a run cannot be called {name!r}, which looks like the id of a run"
    return ""


def ids(now: float, newest: str = "") -> "list[str]":
    """Candidates for the id of a run begun at `now`, in their order; all sort behind `newest`.

    261124-210512, then with b to z behind it, then zaa to zzz.

    In UTC, so that they sort by time also after a journey and in the autumn night whose hour
    comes twice. Where the clock was set back, they count on from the second of `newest`.
    """
    stamp = time.strftime("%y%m%d-%H%M%S", time.gmtime(now))
    if stamp < newest[: len(stamp)]:
        # In digits: the name of a folder that somebody else has made need be no time.
        digits = str(int(newest[: len(stamp)].replace("-", "")) + 1).zfill(12)
        stamp = f"{digits[:-6]}-{digits[-6:]}"
    letters = "abcdefghijklmnopqrstuvwxyz"
    single = [stamp, *(stamp + letter for letter in letters[1:])]
    more = [stamp + "z" + first + second for first in letters for second in letters]
    return [name for name in single + more if name > newest]

"""The built-in corpora: what each is called, what it is, and how it is made."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

from corpora import dyck, markov, python_library, sonnets
from corpora.corpus import Text
from corpora.listing import Listing, size_in_words

ALIASES = {f"markov-{markov.DEFAULT_ORDER}": "markov"}  # found, but not listed twice


@dataclass(frozen=True)
class BuiltIn:
    """A line of the list, and the function that makes the text."""

    listing: Listing
    make: Callable[[], Text]


def _markov(name: str, order: int) -> BuiltIn:
    rule = "the last symbol decides" if order == 1 else f"the last {order} symbols decide"
    listing = Listing(
        name=name,
        description=f"a random source in which {rule} what may follow",
        kind="synthetic",
        size_hint=size_in_words(markov.LENGTH),
        source=name,
        entropy_rate=markov.entropy_rate(order),
    )
    return BuiltIn(listing, partial(markov.corpus, order))


@cache
def built_in() -> dict[str, BuiltIn]:
    """Every built-in corpus by name, the default first. Cheap: makes no text."""
    found = [
        BuiltIn(
            Listing(
                name="sonnets",
                description="English sonnets written for this project",
                kind="original",
                size_hint="110 KB",
                source="sonnets",
            ),
            sonnets.corpus,
        ),
        BuiltIn(
            Listing(
                name="python",
                description="the source of the running Python's standard library",
                kind="generated",
                size_hint="about 8 MB",
                source="python",
            ),
            python_library.python,
        ),
        BuiltIn(
            Listing(
                name="python-reference",
                description="the prose of Python's language reference, as help() shows it",
                kind="generated",
                size_hint="about 460 KB",
                source="python-reference",
            ),
            python_library.python_reference,
        ),
        BuiltIn(
            Listing(
                name="dyck",
                description=f"balanced brackets of {len(dyck.PAIRS)} kinds, at most {dyck.DEPTH} "
                "deep",
                kind="synthetic",
                size_hint=size_in_words(dyck.LENGTH),
                source="dyck",
                entropy_rate=dyck.entropy_rate(),
            ),
            dyck.corpus,
        ),
        _markov("markov", markov.DEFAULT_ORDER),
        *(
            _markov(f"markov-{order}", order)
            for order in markov.ORDERS
            if order != markov.DEFAULT_ORDER
        ),
    ]
    return {one.listing.name: one for one in found}

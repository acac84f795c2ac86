"""Texts to learn from: built-in, the user's own, and synthetic ones with a known entropy rate."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from corpora.errors import CorpusError

if TYPE_CHECKING:
    from corpora.corpus import Corpus, from_text
    from corpora.finding import catalogue, load
    from corpora.listing import Listing
    from corpora.vocabulary import Vocabulary

__all__ = ["Corpus", "CorpusError", "Listing", "Vocabulary", "catalogue", "from_text", "load"]

_ROOMS = {
    "Corpus": "corpora.corpus",
    "from_text": "corpora.corpus",
    "catalogue": "corpora.finding",
    "load": "corpora.finding",
    "Listing": "corpora.listing",
    "Vocabulary": "corpora.vocabulary",
}


def __getattr__(name: str) -> Any:
    """Import on first use, so that whoever only needs the errors does not wait for NumPy."""
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_ROOMS[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """What help() and a notebook's completion list, also before its first use."""
    return sorted({*globals(), *__all__})

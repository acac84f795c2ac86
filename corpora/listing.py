"""One line of the list of corpora: what can be said of a text without reading it."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["original", "generated", "synthetic", "file"]


@dataclass(frozen=True)
class Listing:
    """A corpus that can be loaded by `name` or by `source`.

    kind: "original" (written for this project), "generated" (from what is on this machine),
    "synthetic" (drawn from a known source) or "file" (the user's own).
    entropy_rate is in nats per character, None where nobody knows it.
    """

    name: str
    description: str
    kind: Kind
    size_hint: str
    source: str
    entropy_rate: float | None = None


def size_in_words(size: int) -> str:
    """Bytes as "812 B", "56 KB", "1.1 MB" or "2.1 GB"."""
    scaled, unit = float(size), "B"
    for larger in ("KB", "MB", "GB"):
        if scaled < 999.5:
            break
        scaled, unit = scaled / 1000, larger
    return f"{scaled:.2g} {unit}" if scaled < 10 else f"{scaled:.0f} {unit}"

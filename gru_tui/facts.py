"""What the app knows of a corpus before and after it has loaded it."""

from dataclasses import dataclass

from gru_tui.adapting import Circumstances


@dataclass(frozen=True)
class Facts:
    """What is known of a corpus. All but the first three come with loading it."""

    source: str
    name: str
    hint: str = ""  # its size in words, before it is loaded
    characters: int | None = None
    vocabulary: int | None = None
    entropy_rate: float | None = None
    description: str = ""
    preview: str = ""
    notes: tuple[str, ...] = ()
    fault: str = ""
    circumstances: Circumstances | None = None  # what presets are fitted to

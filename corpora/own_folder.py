"""Where this system keeps an application's data, cache and configuration."""

from pathlib import Path
from typing import Literal

NAME = "gru-tui"
HOMELESS = Path(f"/.{NAME}")  # as the system says of a container's user: at home in the root


def own_folder(kind: Literal["data", "cache", "config"]) -> Path:
    """The user's own; beneath the root for a user for whom the system knows no home.

    There is a sentence for a folder that cannot be made, and a cache is done without.
    """
    import platformdirs

    try:
        found: Path = getattr(platformdirs, f"user_{kind}_path")(NAME)
    except RuntimeError:  # an older platformdirs leaves a "~" where home would be
        return HOMELESS / kind
    return found if found.is_absolute() else HOMELESS / kind

"""Where the configuration file is, and what it decides once it has been checked."""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from corpora.errors import UsageError
from corpora.own_folder import own_folder
from gru_tui.configuration.errors import ConfigurationError, NoPathError
from gru_tui.whereabouts import expanded

VARIABLE = "GRU_TUI_CONFIG"
MOST_BYTES = 32_768  # the template has a sixth of that


@dataclass(frozen=True)
class Configuration:
    """What a person has decided; None where nothing was said."""

    keys: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    theme: str | None = None
    ascii: bool | None = None
    mouse: bool | None = None
    bell: bool = False
    osc9: bool = False
    command: tuple[str, ...] = ()


def configuration_path() -> Path:
    """GRU_TUI_CONFIG, or config.toml where this system keeps an application's configuration.

    Raises NoPathError.
    """
    chosen = os.environ.get(VARIABLE)
    if chosen:
        try:
            return expanded(Path(chosen), VARIABLE)
        except UsageError as error:
            raise NoPathError(str(error)) from None
    return own_folder("config") / "config.toml"


def read(path: Path | None = None, themes: Collection[str] = ()) -> Configuration:
    """The configuration; all defaults where there is no file. Raises ConfigurationError.

    `themes`: the names that a theme may have, where they are known.
    """
    path = configuration_path() if path is None else path
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return Configuration()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigurationError(f"{path} cannot be read ({reason})") from error
    from gru_tui.configuration.checking import parsed  # most people have no such file

    return parsed(content, str(path), themes)

"""What a folder holds, read once and bounded, for the file picker; call it off the UI."""

import itertools
import os
from dataclasses import dataclass
from pathlib import Path

from gru_tui.whereabouts import home

MOST_ENTRIES = 5_000  # a folder with more is shown in part; the path field still reaches the rest


@dataclass(frozen=True)
class Entry:
    """One name in a folder; `size` in bytes, None where it could not be read."""

    name: str
    folder: bool
    size: int | None = None

    @property
    def hidden(self) -> bool:
        """Whether its name asks not to be shown."""
        return self.name.startswith(".")


@dataclass(frozen=True)
class Listing:
    """The entries of `folder`, folders first; `fault` says why there are none."""

    folder: Path
    entries: tuple[Entry, ...] = ()
    fault: str = ""
    cut: bool = False

    def matching(self, typed: str) -> tuple[Entry, ...]:
        """The entries that what was typed may mean: those that start with it come first."""
        wanted = typed.casefold()
        shown = [entry for entry in self.entries if typed.startswith(".") or not entry.hidden]
        first = [entry for entry in shown if entry.name.casefold().startswith(wanted)]
        known = set(first)
        others = [
            entry for entry in shown if wanted in entry.name.casefold() and entry not in known
        ]
        return tuple(first + others)


def read_folder(folder: Path) -> Listing:
    """The listing of `folder`; what is wrong with it is told, never raised."""
    try:
        with os.scandir(folder) as found:
            entries = [_entry(item) for item in itertools.islice(found, MOST_ENTRIES)]
            cut = next(found, None) is not None
    except FileNotFoundError:
        return Listing(folder, fault=f"There is no folder {folder}.")
    except NotADirectoryError:
        return Listing(folder, fault=f"{folder} is a file, not a folder.")
    except PermissionError:
        return Listing(folder, fault=f"You may not read the folder {folder}.")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        return Listing(folder, fault=f"The folder {folder} cannot be read: {reason}.")
    entries.sort(key=lambda entry: (not entry.folder, entry.name.casefold(), entry.name))
    return Listing(folder, tuple(entries), cut=cut)


def _entry(item: "os.DirEntry[str]") -> Entry:
    try:
        folder = item.is_dir()
        return Entry(item.name, folder, None if folder else item.stat().st_size)
    except OSError:  # a dangling link, or one that leads round in a circle
        return Entry(item.name, folder=False)


def split_path(text: str, here: Path) -> tuple[Path, str]:
    """The folder that a typed path lies in, and the beginning of the name after it.

    "~" is the home folder; a relative path starts `here`. A path that is typed behind another
    one, from the root ("/here//etc") or from home ("/here/~/texts"), counts alone.
    """
    for beginning in ("/", "~/"):
        _, behind, rest = text.rpartition("/" + beginning)
        text = beginning + rest if behind else text
    head, separator, name = text.rpartition("/")
    if text == "~":
        return home(), ""
    if head == "~" or head.startswith("~/"):
        return home() / head[2:], name
    return here / (head + separator), name

"""The texts that a user has added: names for paths, remembered in corpora.json."""

import contextlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

import msgspec

from corpora.builtin import built_in
from corpora.errors import ReportedError, UsageError
from corpora.finding import check_readable, nearest
from corpora.listing import Listing, in_words
from corpora.reading import absolute, shown

FILE = "corpora.json"
FORMAT = "gru-tui/1"
MOST_BYTES = 1 << 22  # of corpora.json


class Entry(msgspec.Struct, frozen=True):
    """One remembered text; `path` is absolute."""

    name: str
    path: str


class Contents(msgspec.Struct, frozen=True):
    """What corpora.json holds."""

    corpora: tuple[Entry, ...] = ()
    format: str = FORMAT


class ShelfError(ReportedError):
    """corpora.json cannot be read or written."""


class Shelf:
    """The texts remembered in `folder`/corpora.json, which is made when the first is added."""

    def __init__(self, folder: str | Path) -> None:
        self.path = Path(folder) / FILE

    def add(self, path: str | Path) -> Listing:
        """Remember the file or folder at `path` under its own name, which it gets back.

        A name that is taken gets a number. Raises CorpusError for a text that cannot be
        learnt, UsageError for an address, ShelfError where it cannot be remembered.
        """
        check_readable(path)
        whole = str(absolute(path))
        entries = self._entries()
        for entry in entries:
            if entry.path == whole:
                return _listing(entry)
        entry = Entry(_free_name(Path(whole).name or "root", entries), whole)
        self._write((*entries, entry))
        return _listing(entry)

    def remove(self, name: str) -> None:
        """Forget a name; the text itself stays. Raises UsageError for a name not remembered."""
        entries = self._entries()
        kept = tuple(entry for entry in entries if entry.name != name)
        if len(kept) == len(entries):
            names = [entry.name for entry in entries]
            raise UsageError(f"no added corpus is called {name!r}; {nearest(name, names)}")
        self._write(kept)

    def listings(self) -> tuple[Listing, ...]:
        """The remembered texts in the order in which they were added; reads none of them."""
        return tuple(_listing(entry) for entry in self._entries())

    def path_of(self, name: str) -> Path | None:
        """The path remembered under that name; None where there is none."""
        found = (Path(entry.path) for entry in self._entries() if entry.name == name)
        return next(found, None)

    def _entries(self) -> tuple[Entry, ...]:
        try:
            with self.path.open("rb") as file:
                data = file.read(MOST_BYTES)
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise ShelfError(
                f"{shown(self.path)} cannot be read ({error.strerror}); see to its permissions"
            ) from error
        try:
            contents = msgspec.json.decode(data, type=Contents)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise ShelfError(
                f"{shown(self.path)} is damaged ({error}); repair it, or delete it and add your "
                "texts again"
            ) from error
        if contents.format != FORMAT:
            raise ShelfError(
                f"{shown(self.path)} has the format {contents.format!r}, not {FORMAT!r}; it was "
                "written by another version of gru-tui"
            )
        return contents.corpora

    def _write(self, entries: tuple[Entry, ...]) -> None:
        """Write beside, then rename: a reader sees the old list or the new one."""
        data = msgspec.json.format(msgspec.json.encode(Contents(entries))) + b"\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=self.path.parent, prefix=FILE)
            try:
                with open(handle, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(handle)
                os.replace(temporary, self.path)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(temporary)
                raise
        except OSError as error:
            raise ShelfError(
                f"{shown(self.path)} cannot be written ({error.strerror}); make room, or see to "
                "the permissions of its folder"
            ) from error


def _free_name(wanted: str, entries: Iterable[Entry]) -> str:
    taken = {*built_in(), *(entry.name for entry in entries)}
    name, number = wanted, 2
    while name in taken:
        name = f"{wanted}-{number}"
        number += 1
    return name


def _listing(entry: Entry) -> Listing:
    path = Path(entry.path)
    try:
        size = "folder" if path.is_dir() else in_words(path.stat().st_size)
    except OSError:
        size = "missing"
    return Listing(
        name=entry.name,
        description=shown(entry.path),
        kind="file",
        size_hint=size,
        source=entry.path,
    )

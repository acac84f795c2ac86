"""The texts that a user has added: names for paths, remembered in corpora.json."""

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from corpora.builtin import built_in
from corpora.errors import ReportedError, UsageError
from corpora.finding import check_readable, nearest
from corpora.listing import Listing, size_in_words
from corpora.reading import absolute, shown
from corpora.whole_file import alone, make_private, write_whole

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
        with self._alone():
            entries = self._entries()
            for entry in entries:
                if entry.path == whole:
                    return _listing(entry)
            entry = Entry(_free_name(Path(whole).name or "root", entries), whole)
            self._write((*entries, entry))
        return _listing(entry)

    def remove(self, name: str) -> None:
        """Forget a name; the text itself stays. Raises UsageError for a name not remembered."""
        with self._alone():
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
        """The path remembered under that name; None where there is none.

        Raises CorpusError for what no file can be called, ShelfError.
        """
        found = (entry.path for entry in self._entries() if entry.name == name)
        path = next(found, None)
        return None if path is None else absolute(path)

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
                f"{shown(self.path)} is damaged ({str(error)[:200]}); repair it, or delete it and "
                "add your texts again"
            ) from error
        if contents.format != FORMAT:
            raise ShelfError(
                f"{shown(self.path)} has the format {contents.format[:40]!r}, not {FORMAT!r}; it "
                "was written by another version of gru-tui"
            )
        return contents.corpora

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """In here nobody else reads the list to write another: the folder is locked.

        Raises ShelfError where the folder cannot be made.
        """
        with contextlib.ExitStack() as stack:
            try:
                make_private(self.path.parent)
                stack.enter_context(alone(self.path.parent))
            except OSError as error:
                raise self._unwritable(error) from error
            yield

    def _write(self, entries: tuple[Entry, ...]) -> None:
        """A reader sees the old list or the new one."""
        data = msgspec.json.format(msgspec.json.encode(Contents(entries))) + b"\n"
        try:
            write_whole(self.path, data)
        except OSError as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> ShelfError:
        return ShelfError(
            f"{shown(self.path)} cannot be written ({error.strerror}); make room, or see to "
            "the permissions of its folder"
        )


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
        size = "folder" if path.is_dir() else size_in_words(path.stat().st_size)
    except (OSError, ValueError):  # also of a NUL, which no name can have
        size = "missing"
    return Listing(
        name=entry.name,
        description=shown(entry.path),
        kind="file",
        size_hint=size,
        source=entry.path,
    )

"""A folder as one text: every text file under it, in the order of their paths."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from corpora.corpus import Text
from corpora.decoding import HEAD, DamagedTextError, NotTextError, decode, looks_binary
from corpora.errors import CorpusError
from corpora.reading import check_size, shown, unreadable

SEPARATOR = "\n\n\n"  # between two files, whatever they begin and end with
MOST_NAMED = 3  # files in a note; the rest are counted


@dataclass
class Omissions:
    """What was left out of a folder, or read in another way than as UTF-8, by reason."""

    binary: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    linked: list[str] = field(default_factory=list)
    encoded: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)

    def sentences(self) -> tuple[str, ...]:
        """One sentence for each reason that there is."""
        reasons = (
            (self.encoded, "not UTF-8"),
            (self.torn, "cut off in the middle of a character, which was left out"),
            (self.binary, "skipped, binary"),
            (self.damaged, "skipped, in no known encoding"),
            (self.unreadable, "skipped, cannot be read"),
            (self.linked, "not followed, link to a folder"),
            (self.empty, "skipped, empty"),
        )
        return tuple(f"{reason}: {_named(names)}" for names, reason in reasons if names)


def read_folder(folder: Path) -> Text:
    """The texts under `folder`, SEPARATOR between them.

    Hidden files and folders are not looked at; links to folders are not followed; a file
    that is linked to twice is read once. Raises CorpusError where no text is found.
    """
    omissions = Omissions()
    texts: list[str] = []
    size = 0
    for path, _ in files(folder, omissions):
        text = _read(folder, path, omissions)
        if text:
            texts.append(text)
            size += len(text) + len(SEPARATOR)
            check_size(folder, size)
    if not texts:
        found = omissions.sentences()
        reason = "; ".join(found) if found else "hidden files do not count"
        raise CorpusError(
            f"the folder {shown(folder)} has no text in it ({reason}); choose another"
        )
    return Text(SEPARATOR.join(texts), notes=omissions.sentences())


def files(folder: Path, omissions: Omissions) -> Iterator[tuple[Path, os.stat_result]]:
    """The regular files under `folder` with their status, sorted by the parts of their paths.

    Raises CorpusError where `folder` itself cannot be listed.
    """
    seen: set[tuple[int, int]] = set()
    found = _listed(folder, omissions, folder)
    for path in sorted(found, key=lambda path: path.relative_to(folder).parts):
        try:
            status = path.stat()
        except OSError:
            omissions.unreadable.append(_name(folder, path))
            continue
        if not stat.S_ISREG(status.st_mode):
            omissions.unreadable.append(_name(folder, path))
        elif (status.st_dev, status.st_ino) not in seen:
            seen.add((status.st_dev, status.st_ino))
            yield path, status


def _listed(folder: Path, omissions: Omissions, root: Path) -> list[Path]:
    """Everything under `folder` that is no folder itself and not hidden."""
    found: list[Path] = []
    waiting = [folder]
    while waiting:
        place = waiting.pop()
        try:
            with os.scandir(place) as entries:
                visible = [entry for entry in entries if not entry.name.startswith(".")]
        except OSError as error:
            if place == root:
                raise unreadable(root, error) from error
            omissions.unreadable.append(_name(root, place))
            continue
        for entry in visible:
            path = Path(entry.path)
            if entry.is_dir(follow_symlinks=False):
                waiting.append(path)
            elif _is_linked_folder(entry):
                omissions.linked.append(_name(root, path))
            else:
                found.append(path)
    return found


def _is_linked_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads round in a circle
        return False


def _read(folder: Path, path: Path, omissions: Omissions) -> str:
    """The text of one file; empty, and noted, where there is none."""
    name = _name(folder, path)
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
            if looks_binary(head):
                omissions.binary.append(name)
                return ""
            check_size(path, os.fstat(file.fileno()).st_size)
            decoded = decode(head + file.read())
    except OSError:
        omissions.unreadable.append(name)
    except NotTextError:
        omissions.binary.append(name)
    except DamagedTextError:
        omissions.damaged.append(name)
    else:
        if decoded.encoding != "utf-8":
            omissions.encoded.append(f"{name} as {decoded.encoding}")
        if decoded.torn:
            omissions.torn.append(name)
        if not decoded.text:
            omissions.empty.append(name)
        return decoded.text
    return ""


def _name(folder: Path, path: Path) -> str:
    name = os.fsencode(path.relative_to(folder)).decode("utf-8", "replace")
    return shown(name)


def _named(names: list[str]) -> str:
    listed = ", ".join(sorted(names)[:MOST_NAMED])
    files_ = "1 file" if len(names) == 1 else f"{len(names):,} files"
    return f"{files_} ({listed}{', ...' if len(names) > MOST_NAMED else ''})"

"""From a name or a path to a corpus."""

import difflib
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from corpora import cache, large
from corpora.builtin import ALIASES, built_in
from corpora.corpus import Corpus, Text, build, check_min_count
from corpora.errors import UsageError
from corpora.folder import Omissions, files, read_folder
from corpora.listing import Listing
from corpora.reading import absolute, read_file, shown, status

if TYPE_CHECKING:
    from corpora.added import Shelf


def load(
    spec: str | Path, *, lower_case: bool = False, min_count: int = 1, shelf: "Shelf | None" = None
) -> Corpus:
    """The corpus of a built-in name, a name on the `shelf`, or the path of a file or folder.

    Names come first: ./python is the folder where `python` is the built-in corpus. A Path is
    always a path. Characters that occur fewer than `min_count` times become the unknown
    symbol. Raises CorpusError for a text that is not there, cannot be read or is too small,
    UsageError for an unknown name or a min_count below 1.
    """
    check_min_count(min_count)
    options = Options(lower_case, min_count)
    if isinstance(spec, str):
        name = ALIASES.get(spec, spec)
        if name in built_in():
            text = built_in()[name].make()
            return build(text, name, name, lower_case=lower_case, min_count=min_count)
        # No name has a separator: a damaged shelf does not stand between a user and a path.
        added = None if shelf is None or os.sep in spec else shelf.path_of(spec)
        if added is not None:
            return _load_path(added, spec, options)
        _check_name(spec, shelf)
    path = absolute(spec)
    return _load_path(path, path.name or str(path), options)


def catalogue(shelf: "Shelf | None" = None) -> tuple[Listing, ...]:
    """The built-in corpora, and those on the `shelf`. Cheap: no text is read or made."""
    added = () if shelf is None else shelf.listings()
    return (*(one.listing for one in built_in().values()), *added)


def check_readable(path: str | Path) -> None:
    """Raise CorpusError where `load` would, for that file or folder; UsageError for an address."""
    if isinstance(path, str):
        _check_path(path)
    whole = absolute(path)
    _load_path(whole, whole.name, Options())


def nearest(name: str, names: Iterable[str]) -> str:
    """The end of a sentence about an unknown name: the one that was meant, or all there are."""
    known = list(names)
    close = difflib.get_close_matches(name.lower(), known, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"there is {', '.join(known)}" if known else "there is none yet"


@dataclass(frozen=True)
class Options:
    """How a text becomes a corpus."""

    lower_case: bool = False
    min_count: int = 1


@dataclass(frozen=True)
class Version:
    """The state of a path: another size or time of one of its files is another version.

    Whoever writes a file anew may put back the time of its modification, as archivers do, but not
    that of its change.
    """

    bytes: int
    stamps: tuple[tuple[str, int, int, int], ...]

    @staticmethod
    def of(path: Path) -> "Version":
        """Raises CorpusError where the path cannot be looked at."""
        if not path.is_dir():
            found = status(path)
            return Version(found.st_size, (_stamp("", found),))
        stamps = [(str(one.relative_to(path)), found) for one, found in files(path, Omissions())]
        return Version(
            sum(found.st_size for _, found in stamps),
            tuple(_stamp(name, found) for name, found in stamps),
        )


def _stamp(name: str, found: os.stat_result) -> tuple[str, int, int, int]:
    return name, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _load_path(path: Path, name: str, options: Options) -> Corpus:
    status(path)
    version = Version.of(path)
    if version.bytes < cache.LARGE:
        return _built(path, name, options)
    key = cache.key(str(path), version, options)
    kept = cache.find(key)
    if kept is not None:
        return replace(kept, name=name)
    if large.is_plain(path):
        corpus = large.build(
            path, shown(name), key, lower_case=options.lower_case, min_count=options.min_count
        )
        if corpus is not None and Version.of(path) == version:
            return corpus
        cache.forget(key)
    corpus = _built(path, name, options)
    # A text that changed while it was read must not be kept as what it was before.
    return cache.keep(corpus, key) if Version.of(path) == version else corpus


def _built(path: Path, name: str, options: Options) -> Corpus:
    return build(
        _read(path),
        shown(name),
        str(path),
        lower_case=options.lower_case,
        min_count=options.min_count,
    )


def _read(path: Path) -> Text:
    return read_folder(path) if path.is_dir() else read_file(path)


def _check_path(spec: str) -> None:
    """Raise UsageError for what no file or folder was meant by."""
    if not spec:
        raise UsageError("the name of the corpus is empty; give a built-in name or a path")
    if "://" in spec:
        raise UsageError(
            f"{shown(spec)} is an address; download the text and give the path of its file"
        )


def _check_name(spec: str, shelf: "Shelf | None") -> None:
    """Raise UsageError for what can only have been meant as a name, and is none."""
    _check_path(spec)
    looks_like_path = os.sep in spec or "." in spec or spec.startswith("~") or "\0" in spec
    if looks_like_path or os.path.lexists(spec):
        return
    names = [listing.name for listing in catalogue(shelf)]
    raise UsageError(
        f"there is no corpus {spec!r}, and no file or folder of that name either; "
        f"{nearest(spec, names)}"
    )

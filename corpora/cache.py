"""Encoded texts kept on disk, so that a large one is decoded and counted only once.

A file is a line that names the format, a line of JSON, and the ids, which are mapped into
memory. It is only ever a copy: what is missing, stale or damaged is made again.
"""

import contextlib
import hashlib
import os
import time
import zlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from corpora.corpus import Corpus
from corpora.own_folder import own_folder
from corpora.vocabulary import Ids, Vocabulary
from corpora.whole_file import PARTIAL, make_private, written

LARGE = 16_000_000  # bytes of text from which on it is worth a file
MOST_KEPT = 8  # files; the least recently used go first
MOST_BYTES = 1 << 32  # of all files; the newest one stays, however large it is
LONGEST_WRITING = 86_400  # s: a partial file that nobody has written to for so long is a dead one's
PART = 1 << 22  # ids written at once
BLOCK, MOST_BLOCKS = 1 << 14, 1 << 10  # ids that are checked, at most
MOST_HEADER = 1 << 25  # bytes; a vocabulary of every code point has about 10 MB
ALIGNMENT = 64  # bytes
FORMAT = b"gru-tui ids 2\n"
SUFFIX = ".ids"


class Header(msgspec.Struct, frozen=True):
    """What a cached corpus is, beside its ids."""

    key: str
    name: str
    source: str
    sha256: str
    characters: int
    vocabulary: list[str]
    unknown_id: int | None
    notes: list[str]
    crc32: int = 0


def key(*parts: object) -> str:
    """A file name for a text of that path, size, times and options."""
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogateescape")).hexdigest()[:32]


def folder() -> Path:
    """GRU_TUI_CACHE, or the place that this system has for caches."""
    chosen = os.environ.get("GRU_TUI_CACHE")
    if chosen:
        return Path(os.path.expanduser(chosen))  # nobody's home: a folder of that very name
    return own_folder("cache")


def find(wanted: str) -> Corpus | None:
    """The corpus kept under that key, its ids mapped; None where there is none to rely on."""
    path = folder() / (wanted + SUFFIX)
    kept = read(path, wanted)
    if kept is not None:
        with contextlib.suppress(OSError):
            os.utime(path)  # used just now
    return kept


def read(path: Path, wanted: str) -> Corpus | None:
    """The corpus that `write` put there under that key, its ids mapped; None where it is not.

    The sha256 of its text will do for a key: by that a file is known that was linked to.
    """
    try:
        with path.open("rb") as file:
            if file.readline(len(FORMAT)) != FORMAT:
                return None
            header = msgspec.json.decode(file.readline(MOST_HEADER), type=Header)
            ids = _mapped(path, header, _aligned(file.tell()))
    except (OSError, ValueError, msgspec.MsgspecError):
        return None
    if ids is None or wanted not in (header.key, header.sha256):
        return None
    return Corpus(
        name=header.name,
        source=header.source,
        ids=ids,
        vocabulary=Vocabulary(tuple(header.vocabulary), header.unknown_id),
        sha256=header.sha256,
        notes=tuple(header.notes),
    )


def keep(corpus: Corpus, wanted: str) -> Corpus:
    """Write `corpus` down under that key; returns it with mapped ids, or unchanged if in vain."""
    try:
        write(folder() / (wanted + SUFFIX), corpus, wanted)
        _forget_oldest()
    except OSError:
        return corpus
    kept = find(wanted)
    return corpus if kept is None else replace(corpus, ids=kept.ids)


def keep_parts(wanted: str, header: Header, parts: Iterable[Ids]) -> None:
    """Write ids down under that key as they come. Raises OSError, and what `parts` raise."""
    write_parts(folder() / (wanted + SUFFIX), header, parts)
    _forget_oldest()


def write(path: Path, corpus: Corpus, wanted: str) -> None:
    """Put `corpus` at `path`, to be read under that key. Raises OSError."""
    header = Header(
        key=wanted,
        name=corpus.name,
        source=corpus.source,
        sha256=corpus.sha256,
        characters=len(corpus),
        vocabulary=list(corpus.vocabulary.characters),
        unknown_id=corpus.vocabulary.unknown_id,
        notes=list(corpus.notes),
    )
    ids = corpus.ids
    parts = (ids[start : start + PART] for start in range(0, len(ids), PART))
    write_parts(path, header, parts)


def link(corpus: Corpus, path: Path) -> bool:
    """Make `path` another name of the file that `corpus` is mapped from; whether that was possible.

    It takes no room beside that file, and stays when that is forgotten.
    """
    if not isinstance(corpus.ids, np.memmap) or corpus.ids.filename is None:
        return False
    try:
        os.link(corpus.ids.filename, path)
    except OSError:  # another file system, one without links, or forgotten meanwhile
        return False
    return True


def write_parts(path: Path, header: Header, parts: Iterable[Ids]) -> None:
    """Write beside, then rename: a reader sees the whole file or none. Raises OSError.

    The header's checksum is filled in at the end, when all parts have gone by.
    """
    make_private(path.parent)
    checksum = Checksum(header.characters)
    with written(path, durable=False) as file:
        file.write(_start(header))
        for part in parts:
            data = np.ascontiguousarray(part)
            checksum.add(data)
            file.write(data.data)
        file.seek(0)
        file.write(_start(msgspec.structs.replace(header, crc32=checksum.value)))


def _start(header: Header) -> bytes:
    """What stands before the ids: as long as it is whatever the checksum."""
    blank = msgspec.structs.replace(header, crc32=0xFFFFFFFF)
    length = len(FORMAT) + len(msgspec.json.encode(blank)) + 1
    text = msgspec.json.encode(header).ljust(length - len(FORMAT) - 1)
    return (FORMAT + text + b"\n").ljust(_aligned(length), b"\0")


def forget(wanted: str) -> None:
    """Remove what is kept under that key: it is not right any more."""
    with contextlib.suppress(OSError):
        (folder() / (wanted + SUFFIX)).unlink(missing_ok=True)


def _mapped(path: Path, header: Header, offset: int) -> Ids | None:
    """The ids, if the file is whole and they are those that were written."""
    dtype = Vocabulary(tuple(header.vocabulary)).dtype
    count = header.characters
    if not _is_one(header.vocabulary, header.unknown_id):
        return None
    if count < 1 or path.stat().st_size != offset + count * dtype.itemsize:
        return None
    checksum = Checksum(count)
    checksum.add_sampled(path, dtype, offset)
    if checksum.value != header.crc32 or checksum.highest >= len(header.vocabulary):
        return None
    ids: Ids = np.memmap(path, dtype, mode="r", offset=offset, shape=(count,))
    return ids


def _is_one(vocabulary: list[str], unknown_id: int | None) -> bool:
    """Whether that can be a vocabulary; a stranger's file may say anything."""
    distinct = len(set(vocabulary)) == len(vocabulary) and all(len(one) == 1 for one in vocabulary)
    return distinct and (unknown_id is None or 0 <= unknown_id < len(vocabulary))


def _forget_oldest() -> None:
    found = []
    for path in folder().glob("*" + SUFFIX):
        with contextlib.suppress(FileNotFoundError):  # somebody else has just forgotten it
            status = path.stat()
            found.append((status.st_mtime_ns, status.st_size, path))
    held = 0
    for newer, (_, size, path) in enumerate(sorted(found, reverse=True)):
        held += size
        if newer and (newer >= MOST_KEPT or held > MOST_BYTES):
            path.unlink(missing_ok=True)
    alive = time.time() - LONGEST_WRITING
    for path in folder().glob(f".*{SUFFIX}.*{PARTIAL}"):
        with contextlib.suppress(OSError):  # its writer may just have ended
            if path.stat().st_mtime < alive:
                path.unlink()


class Checksum:
    """Of blocks of ids spread evenly over the whole: a large file is not read to be trusted.

    What a crash leaves is a file of the wrong size, and never takes the name.
    """

    def __init__(self, characters: int) -> None:
        every = max(BLOCK, -(-characters // MOST_BLOCKS))
        self._starts = range(0, characters, every)
        self._seen = 0
        self.value = 0
        self.highest = 0  # of the ids in the blocks

    def add(self, part: Ids) -> None:
        """The next part of the ids, in their order; blocks do not straddle parts."""
        begin, end = self._seen, self._seen + len(part)
        for start in self._starts:
            if begin <= start < end:
                self._take(part[start - begin : start - begin + BLOCK])
        self._seen = end

    def add_sampled(self, path: Path, dtype: np.dtype[Any], offset: int) -> None:
        """All ids of a file, of which only the blocks are read. Raises OSError."""
        with path.open("rb", buffering=0) as file:
            for start in self._starts:
                length = min(BLOCK, PART - start % PART)
                file.seek(offset + start * dtype.itemsize)
                self._take(np.frombuffer(file.read(length * dtype.itemsize), dtype))

    def _take(self, block: Ids) -> None:
        self.highest = max(self.highest, int(block.max(initial=0)))
        self.value = zlib.crc32(np.ascontiguousarray(block).data, self.value)


def _aligned(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT

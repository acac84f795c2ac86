"""Encoded texts kept on disk, so that a large one is decoded and counted only once.

A file is a line that names the format, a line of JSON, and the ids, which are mapped into
memory. It is only ever a copy: what is missing, stale or damaged is made again.
"""

import contextlib
import hashlib
import os
import tempfile
import zlib
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np

from corpora.corpus import Corpus
from corpora.vocabulary import Ids, Vocabulary

LARGE = 16_000_000  # bytes of text from which on it is worth a file
MOST_KEPT = 8  # files; the least recently used go first
MOST_HEADER = 1 << 25  # bytes; a vocabulary of every code point has about 10 MB
ALIGNMENT = 64  # bytes
FORMAT = b"gru-tui ids 1\n"
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
    crc32: int


def key(*parts: object) -> str:
    """A file name for a text of that path, size, modification time and options."""
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogateescape")).hexdigest()[:32]


def folder() -> Path:
    """GRU_TUI_CACHE, or the place that this system has for caches."""
    chosen = os.environ.get("GRU_TUI_CACHE")
    if chosen:
        return Path(chosen)
    from platformdirs import user_cache_path

    return user_cache_path("gru-tui")


def find(wanted: str) -> Corpus | None:
    """The corpus kept under that key, its ids mapped; None where there is none to rely on."""
    path = folder() / (wanted + SUFFIX)
    kept = read(path, wanted)
    if kept is not None:
        with contextlib.suppress(OSError):
            os.utime(path)  # used just now
    return kept


def read(path: Path, wanted: str) -> Corpus | None:
    """The corpus that `write` put there under that key, its ids mapped; None where it is not."""
    try:
        with path.open("rb") as file:
            if file.readline(len(FORMAT)) != FORMAT:
                return None
            header = msgspec.json.decode(file.readline(MOST_HEADER), type=Header)
            ids = _mapped(path, header, _aligned(file.tell()))
    except (OSError, ValueError, msgspec.MsgspecError):
        return None
    if ids is None or header.key != wanted:
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
        crc32=_checksum(corpus.ids),
    )
    _write(path, header, corpus)


def _mapped(path: Path, header: Header, offset: int) -> Ids | None:
    """The ids, if the file is whole and they are those that were written."""
    dtype = Vocabulary(tuple(header.vocabulary)).dtype
    count = header.characters
    if count < 1 or path.stat().st_size != offset + count * dtype.itemsize:
        return None
    ids: Ids = np.memmap(path, dtype, mode="r", offset=offset, shape=(count,))
    return ids if _checksum(ids) == header.crc32 else None


def _write(path: Path, header: Header, corpus: Corpus) -> None:
    """Write beside, then rename: a reader sees the whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    start = FORMAT + msgspec.json.encode(header) + b"\n"
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.stem, delete=False) as file:
        try:
            file.write(start.ljust(_aligned(len(start)), b"\0"))
            file.write(np.ascontiguousarray(corpus.ids).data)
            file.close()
            os.replace(file.name, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(file.name)
            raise


def _forget_oldest() -> None:
    paths = sorted(folder().glob("*" + SUFFIX), key=lambda path: path.stat().st_mtime_ns)
    for path in paths[:-MOST_KEPT]:
        path.unlink(missing_ok=True)


def _checksum(ids: Ids) -> int:
    return zlib.crc32(np.ascontiguousarray(ids).data)


def _aligned(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT

"""A large UTF-8 file as a corpus, gone through in pieces: its text is never whole in memory."""

import codecs
import hashlib
import io
import stat
from collections.abc import Iterator
from pathlib import Path

from corpora import cache, tally
from corpora.corpus import Corpus
from corpora.decoding import HEAD, looks_binary
from corpora.vocabulary import Ids, Vocabulary

READ = 1 << 22  # bytes at once
SPACES = (" ", "\n")  # where a text may be cut without cutting a word


def is_plain(path: Path) -> bool:
    """Whether `path` is a regular file that begins like UTF-8 text."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return False
        with path.open("rb") as file:
            head = file.read(HEAD)
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except (OSError, UnicodeDecodeError):
        return False
    return b"\0" not in head and not looks_binary(head)


def pieces(path: Path, *, lower_case: bool) -> Iterator[str]:
    """The text of the file, with LF line ends, cut between words.

    Raises OSError, and UnicodeDecodeError where it is not UTF-8 to its end.
    """
    decoder = io.IncrementalNewlineDecoder(
        codecs.getincrementaldecoder("utf-8-sig")(), translate=True
    )
    rest = ""
    with path.open("rb", buffering=0) as file:
        while data := file.read(READ):
            text = rest + decoder.decode(data)
            end = max(map(text.rfind, SPACES)) + 1 if lower_case else len(text)
            piece, rest = text[:end], text[end:]
            if piece:
                yield piece.lower() if lower_case else piece
    rest += decoder.decode(b"", final=True)
    if rest:
        yield rest.lower() if lower_case else rest


def build(path: Path, name: str, key: str, *, lower_case: bool, min_count: int) -> Corpus | None:
    """Encode the file into the cache under `key`; the corpus, its ids mapped.

    None where that is not possible: not UTF-8 after all, too few characters, no room. The
    caller then reads it whole, and has the words for what is wrong.
    """
    counted, digest, length = tally.Tally(), hashlib.sha256(), 0
    try:
        for piece in pieces(path, lower_case=lower_case):
            counted.add(piece)
            digest.update(piece.encode("utf-8"))
            length += len(piece)
        found = counted.counts
        vocabulary = tally.choose(found, min_count)
        if len(found) < 2 or len(vocabulary) < 2 or "\0" in found:
            return None
        header = cache.Header(
            key=key,
            name=name,
            source=str(path),
            sha256=digest.hexdigest(),
            characters=length,
            vocabulary=list(vocabulary.characters),
            unknown_id=vocabulary.unknown_id,
            notes=[],
        )
        cache.keep_parts(key, header, _encoded(path, vocabulary, lower_case=lower_case))
    except (OSError, UnicodeError):
        return None
    return cache.find(key)


def _encoded(path: Path, vocabulary: Vocabulary, *, lower_case: bool) -> Iterator[Ids]:
    """The ids in parts of the cache's own size."""
    waiting = ""
    for piece in pieces(path, lower_case=lower_case):
        waiting += piece
        while len(waiting) >= cache.PART:
            yield vocabulary.encode(waiting[: cache.PART])
            waiting = waiting[cache.PART :]
    if waiting:
        yield vocabulary.encode(waiting)

"""A large UTF-8 file as a corpus, gone through in pieces: its text is never whole in memory."""

import codecs
import hashlib
import stat
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from corpora import cache, tally
from corpora.corpus import Corpus, with_newlines
from corpora.decoding import HEAD, is_escaped, looks_binary
from corpora.errors import CorpusError
from corpora.vocabulary import Ids, Vocabulary

READ = 1 << 22  # bytes at once
SPACES = (b" ", b"\n")  # where a text may be cut without cutting a word
LONGEST_WORD = 1 << 22  # bytes: more without a space is no word, and is cut between characters
RETURN = 0x0D
LONGEST = 4  # bytes of one character in UTF-8


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
    return b"\0" not in head and not looks_binary(head) and not is_escaped(head)


def blocks(path: Path, *, words: bool) -> Iterator[bytes]:
    """The bytes of the file without a byte order mark, cut between characters, or between words.

    Raises OSError.
    """
    rest, mark = b"", codecs.BOM_UTF8
    with path.open("rb", buffering=0) as file:
        while data := file.read(READ):
            data, mark = rest + data.removeprefix(mark), b""
            end = max(map(data.rfind, SPACES)) + 1 if words else 0
            if not words or (not end and len(data) > LONGEST_WORD):
                end = _last_start(data)
            if end:
                yield data[:end]
            rest = data[end:]
    if rest:
        yield rest


def _last_start(data: bytes) -> int:
    """Where the last character begins if the next bytes may belong to it, else the end.

    A carriage return may be the first half of a line end.
    """
    for place in range(len(data) - 1, max(len(data) - 1 - LONGEST, -1), -1):
        if data[place] & 0xC0 != 0x80:  # not in the middle of a character
            return place if data[place] & 0x80 or data[place] == RETURN else place + 1
    return len(data)


def pieces(path: Path, *, lower_case: bool) -> Iterator[str]:
    """The text of the file, with LF line ends, cut between words where case may depend on them.

    Raises OSError, and UnicodeDecodeError where it is not UTF-8 to its end.
    """
    return (_text(block, lower_case) for block in blocks(path, words=lower_case))


def _text(block: bytes, lower_case: bool) -> str:
    text = with_newlines(block.decode("utf-8"))
    return text.lower() if lower_case else text


def build(path: Path, name: str, key: str, *, lower_case: bool, min_count: int) -> Corpus | None:
    """Encode the file into the cache under `key`; the corpus, its ids mapped.

    None where that is not possible: not UTF-8 after all, too few characters, no room. The
    caller then reads it whole, and has the words for what is wrong.
    """
    try:
        found, sha256, length = _counted(path, lower_case=lower_case)
        vocabulary = tally.choose(found, min_count)
        if len(found) < 2 or len(vocabulary) < 2 or "\0" in found:
            return None
        header = cache.Header(
            key=key,
            name=name,
            source=str(path),
            sha256=sha256,
            characters=length,
            vocabulary=list(vocabulary.characters),
            unknown_id=vocabulary.unknown_id,
            notes=[],
        )
        cache.keep_parts(key, header, _encoded(path, vocabulary, lower_case=lower_case))
    except (OSError, UnicodeError, CorpusError):  # the last: it has changed meanwhile
        return None
    return cache.find(key)


def _counted(path: Path, *, lower_case: bool) -> tuple[tally.Counts, str, int]:
    """How often each character occurs, the text's sha256, and its length."""
    counted, digest, length = tally.Tally(), hashlib.sha256(), 0
    hashed: Future[None] | None = None
    with ThreadPoolExecutor(1) as beside:  # hashing holds no lock: the counting goes on
        for block in blocks(path, words=lower_case):
            piece = _text(block, lower_case)
            as_written = not lower_case and RETURN not in block
            if hashed is not None:
                hashed.result()  # one block waits at most: they are large
            hashed = beside.submit(digest.update, block if as_written else piece.encode("utf-8"))
            counted.add(piece)
            length += len(piece)
    return counted.counts, digest.hexdigest(), length


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

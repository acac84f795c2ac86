"""Bytes to text: UTF-8 where it is UTF-8, another encoding that is named, or a clear refusal."""

import codecs
import contextlib
from dataclasses import dataclass

from corpora.corpus import with_newlines
from corpora.errors import CorpusError

HEAD = 1 << 16  # bytes that are looked at before a whole file is read
SAMPLE = 1 << 19  # bytes that an encoding is guessed from
MOST_CONTROLS = 0.02  # of a text's bytes; compressed data has about a tenth
FEW_NULS = 0.2  # of the bytes; UTF-16 of a Latin script has nearly half
WIDE_SENSE = 0.9  # of UTF-16, the fitness of what might be anything
MOST_DAMAGE = 0.1  # broken places for each whole character, in what is still called UTF-8

# Controls that no text has: all but backspace, tab, line feed, vertical tab, form feed,
# carriage return and escape (logs with colours, ISO 2022).
CONTROLS = bytes(code for code in (*range(32), 127) if code not in b"\b\t\n\v\f\r\x1b")
JAPANESE = (b"\x1b$B", b"\x1b$@")  # escapes of ISO-2022-JP: two bytes a character from here on
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins with UTF-16's mark, so it is asked for first
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class NotTextError(CorpusError):
    """The bytes are no text at all. The message is what is wrong with them, without a name."""


class DamagedTextError(CorpusError):
    """The bytes look like text but cannot be decoded. The message is without a name."""


@dataclass(frozen=True)
class Decoded:
    """A text with LF line ends. encoding: as Python names it; torn: bytes lost at the end."""

    text: str
    encoding: str
    torn: int = 0


def decode(data: bytes) -> Decoded:
    """The text of `data`, without its byte order mark.

    Raises NotTextError for binary data, DamagedTextError for text in no encoding.
    """
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _marked(data[len(mark) :], encoding)
    if b"\0" in data:
        return _wide(data)
    if looks_binary(data[:HEAD]):
        raise NotTextError("is binary data, not text: it is full of control characters")
    if is_escaped(data):
        with contextlib.suppress(UnicodeDecodeError):
            return Decoded(with_newlines(data.decode("iso2022_jp")), "iso2022_jp")
    try:
        return Decoded(with_newlines(data.decode("utf-8")), "utf-8")
    except UnicodeDecodeError as error:
        return _nearly_utf_8(data, error) or _guessed(data, error)


def looks_binary(head: bytes) -> bool:
    """Whether data that begins with `head` is surely no text in any encoding."""
    if head.startswith(tuple(mark for mark, _ in BYTE_ORDER_MARKS)):
        return False
    if b"\0" in head:
        return _wide_encoding(head) is None
    return _is_full_of_controls(head)


def _is_full_of_controls(data: bytes) -> bool:
    controls = len(data) - len(data.translate(None, CONTROLS))
    return controls > MOST_CONTROLS * len(data)


def is_escaped(data: bytes) -> bool:
    """Whether `data` may be ISO-2022-JP, which is ASCII to whoever does not know it."""
    return any(escape in data for escape in JAPANESE)


def _marked(data: bytes, encoding: str) -> Decoded:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise DamagedTextError(
            f"has the byte order mark of {encoding.upper()}, but byte {error.start + 1:,} after "
            f"it does not fit ({error.reason}); save it as UTF-8"
        ) from error
    if "\0" in text:
        raise NotTextError("is binary data, not text: it has NUL characters")
    return Decoded(with_newlines(text), encoding)


def _wide(data: bytes) -> Decoded:
    """Text with NUL bytes: UTF-16 without a byte order mark, or none."""
    encoding = _wide_encoding(data)
    if encoding is not None:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            text = "\0"
        controls = sum(text.count(chr(code)) for code in CONTROLS)
        if "\0" not in text and controls <= MOST_CONTROLS * len(text):
            return Decoded(with_newlines(text), encoding)
    place = data.index(b"\0") + 1
    raise NotTextError(f"is binary data, not text: byte {place:,} is NUL")


def _wide_encoding(data: bytes) -> str | None:
    """The byte order in which every NUL of `data` is the high byte of a character.

    None where few NULs stand in what is ASCII or UTF-8 otherwise: that is no text at all.
    """
    few = data.count(b"\0") < FEW_NULS * len(data)
    # In UTF-16 every other byte of Russian or Greek is a control, 4 or 3, and the rest is ASCII.
    if few and _begins_as_utf_8(data) and not _is_full_of_controls(data.replace(b"\0", b"")):
        return None
    if b"\0" not in data[::2]:
        return "utf-16-le"
    return "utf-16-be" if b"\0" not in data[1::2] else _east_asian(data[:HEAD])


def _east_asian(head: bytes) -> str | None:
    """The byte order in which `head` makes sense, some of whose characters have NUL as low byte."""
    from corpora.alphabets import fitness

    orders = ("utf-16-le", "utf-16-be")
    return next((order for order in orders if fitness(head, order) >= WIDE_SENSE), None)


def _begins_as_utf_8(data: bytes) -> bool:
    """Whether `data` is UTF-8, the last character perhaps cut off."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return False
    return True


def _nearly_utf_8(data: bytes, error: UnicodeDecodeError) -> Decoded | None:
    """UTF-8 that was cut off, without the torn character; None where it is not UTF-8 at all.

    Raises DamagedTextError for UTF-8 with a few broken places, which no other encoding mends.
    """
    start = error.start
    if error.reason == "unexpected end of data":
        if data[:start].isascii():
            return None
        return Decoded(with_newlines(data[:start].decode("utf-8")), "utf-8", len(data) - start)
    # All before the first broken place is sound, so the sample can begin at any whole character.
    first = max(start - SAMPLE, 0)
    while data[first] & 0xC0 == 0x80 and first < start:
        first += 1
    sample = data[first : start + SAMPLE]
    tolerant = codecs.getincrementaldecoder("utf-8")("replace").decode(sample)
    broken = tolerant.count("\ufffd") - sample.count("\ufffd".encode())
    strange = len(tolerant) - len(tolerant.encode("ascii", "ignore")) - broken
    if broken > MOST_DAMAGE * strange:
        return None
    raise DamagedTextError(
        f"is UTF-8, but damaged: byte {start + 1:,} does not fit ({error.reason}); "
        "`iconv -c -f UTF-8 -t UTF-8` makes a copy without the damaged bytes"
    )


def _guessed(data: bytes, error: UnicodeDecodeError) -> Decoded:
    """The likeliest encoding that fits all of `data`, judged by the lines that are not ASCII."""
    from corpora.alphabets import encodings

    for encoding in encodings(_telling_lines(data, error.start)):
        try:
            text = data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        return Decoded(with_newlines(text.removeprefix("\ufeff")), encoding)
    raise DamagedTextError(
        f"cannot be decoded: byte {error.start + 1:,} is no UTF-8 ({error.reason}), and no other "
        "encoding fits; save it as UTF-8"
    )


def _telling_lines(data: bytes, start: int) -> bytes:
    """Lines with bytes above 127, from the one with byte `start` on: no more than SAMPLE bytes.

    Line feeds are never part of another character in the encodings that are guessed.
    """
    lines: list[bytes] = []
    size = 0
    place = max(data.rfind(b"\n", 0, start) + 1, start - SAMPLE)
    for line in data[place : place + 16 * SAMPLE].splitlines(keepends=True):
        if size + len(line) > SAMPLE:
            break
        if not line.isascii():
            lines.append(line)
            size += len(line)
    return b"".join(lines) or data[place : place + SAMPLE]

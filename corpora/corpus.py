"""A text as the engine learns it: ids, vocabulary, fingerprint, and where it came from."""

from dataclasses import dataclass, field

from corpora import tally
from corpora.errors import CorpusError, UsageError
from corpora.vocabulary import Ids, Vocabulary


@dataclass(frozen=True, eq=False)
class Corpus:
    """A text of n characters.

    source: a built-in name or an absolute path that `corpora.load` finds again; empty for
    a text from memory. ids (n,). sha256: of the text as UTF-8, after decoding, line ends and
    lower-casing, before rare characters became the unknown symbol. entropy_rate: nats per
    character, where it is known. notes: what a reader should know (encoding, skipped files).
    """

    name: str
    source: str
    ids: Ids = field(repr=False)
    vocabulary: Vocabulary = field(repr=False)
    sha256: str
    entropy_rate: float | None = None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.ids)

    def split(self, validation_fraction: float) -> tuple[Ids, Ids]:
        """(training ids, validation ids), views that together are the text, in order.

        Raises UsageError unless 0 <= validation_fraction < 1.
        """
        if not 0 <= validation_fraction < 1:
            raise UsageError(
                f"validation_fraction is {validation_fraction}, but it must be at least 0 "
                "and below 1"
            )
        cut = len(self) - int(len(self) * validation_fraction)
        return self.ids[:cut], self.ids[cut:]

    def preview(self, length: int = 2000) -> str:
        """The first `length` characters, rare ones shown as the unknown symbol."""
        return self.vocabulary.decode(self.ids[: max(length, 0)])


@dataclass(frozen=True)
class Text:
    """What a reader or a generator hands over: a text with what it knows of it."""

    text: str
    notes: tuple[str, ...] = ()
    entropy_rate: float | None = None


def from_text(
    text: str, *, name: str = "text", lower_case: bool = False, min_count: int = 1
) -> Corpus:
    """A corpus of a text in memory, with its line ends made LF.

    Characters that occur fewer than `min_count` times become the unknown symbol.
    Raises CorpusError for a text with fewer than two distinct characters, UsageError for a
    min_count below 1.
    """
    return build(Text(with_newlines(text)), name, "", lower_case=lower_case, min_count=min_count)


def build(text: Text, name: str, source: str, *, lower_case: bool, min_count: int) -> Corpus:
    """The corpus of a text whose line ends are LF. Raises as `from_text`."""
    check_min_count(min_count)
    characters = text.text.lower() if lower_case else text.text
    where = source or f"the text {name!r}"
    try:
        sha256 = tally.fingerprint(characters)
    except CorpusError as error:
        raise CorpusError(f"{where} cannot be learnt: {error}") from error
    found = tally.counts(characters)
    _check_size(where, found)
    vocabulary = tally.choose(found, min_count)
    if len(vocabulary) < 2:
        raise CorpusError(
            f"{where} keeps fewer than two distinct characters with min_count {min_count}; "
            f"take a smaller one (the commonest character occurs {max(found.values()):,} times)"
        )
    # The rate holds for the text as it was drawn, not for one with characters merged.
    exact = vocabulary.unknown_id is None and characters == text.text
    return Corpus(
        name=name,
        source=source,
        ids=tally.encode(characters, vocabulary),
        vocabulary=vocabulary,
        sha256=sha256,
        entropy_rate=text.entropy_rate if exact else None,
        notes=text.notes,
    )


def check_min_count(min_count: int) -> None:
    """Raise UsageError for a min_count that means nothing."""
    if min_count < 1:
        raise UsageError(f"min_count is {min_count}, but it must be 1 (keep all) or more")


def with_newlines(text: str) -> str:
    """`text` with CRLF and CR line ends made LF."""
    if "\r" not in text:
        return text
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _check_size(where: str, found: tally.Counts) -> None:
    if not found:
        raise CorpusError(f"{where} is empty; choose a text with at least two characters")
    if len(found) > 1:
        return
    ((character, count),) = found.items()
    if count == 1:
        raise CorpusError(
            f"{where} has only one character, {character!r}; choose a text with at least two"
        )
    raise CorpusError(
        f"{where} has only one distinct character, {character!r} ({count:,} times), so there is "
        "nothing to predict; choose a text with at least two"
    )

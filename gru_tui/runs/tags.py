"""Tags: short words by which a person finds runs again."""

from corpora.errors import UsageError

LONGEST_TAG, MOST_TAGS = 24, 12


def tags_in(words: str) -> tuple[str, ...]:
    """The tags in a line, each once, in their order; blanks, commas and "#" part them."""
    found = words.replace(",", " ").replace("#", " ").split()
    return tuple(dict.fromkeys(found))


def checked_tags(words: str) -> tuple[str, ...]:
    """The tags in a line. Raises UsageError for too many, too long ones, or what is no text."""
    tags = tags_in(words)
    for tag in tags:
        check_text("the tag", tag)
        if len(tag) > LONGEST_TAG:
            raise UsageError(
                f"the tag {tag[:LONGEST_TAG]}… has {len(tag)} characters; {LONGEST_TAG} are the "
                "most"
            )
    if len(tags) > MOST_TAGS:
        raise UsageError(f"a run has at most {MOST_TAGS} tags; these are {len(tags)}")
    return tags


def check_text(what: str, text: str) -> None:
    """Raise UsageError for lone surrogates: bytes of an argument that are not UTF-8."""
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise UsageError(f"{what} has bytes that are not UTF-8: {text[:60]!r}")

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpora import CorpusError, Vocabulary

ANY_CHARACTER = st.characters(exclude_categories=["Cs"])
ANY_TEXT = st.text(ANY_CHARACTER, max_size=200)


def vocabulary_of(text: str) -> Vocabulary:
    return Vocabulary(tuple(sorted(set(text))))


@given(ANY_TEXT)
def test_what_is_encoded_is_decoded_again(text: str) -> None:
    vocabulary = vocabulary_of(text + "?")
    ids = vocabulary.encode(text)
    assert len(ids) == len(text)
    assert vocabulary.decode(ids) == text
    assert vocabulary.decode([int(identifier) for identifier in ids]) == text


@given(ANY_TEXT, ANY_TEXT)
def test_missing_characters_are_named_in_order_or_become_unknown(known: str, text: str) -> None:
    lacking = [character for character in dict.fromkeys(text) if character not in known]
    vocabulary = vocabulary_of(known + "a")
    lacking = [character for character in lacking if character != "a"]
    assert vocabulary.missing(text) == tuple(lacking)
    if lacking:
        with pytest.raises(CorpusError, match="not in the vocabulary"):
            vocabulary.encode(text)
    lenient = Vocabulary(vocabulary.characters, unknown_id=0)
    expected = [
        0 if character in lacking else vocabulary.characters.index(character) for character in text
    ]
    assert lenient.encode(text).tolist() == expected


@pytest.mark.parametrize(
    ("size", "dtype"), [(2, np.uint8), (256, np.uint8), (257, np.uint16), (65_536, np.uint16),
                        (65_537, np.uint32)]
)  # fmt: skip
def test_ids_take_the_smallest_type_that_fits(size: int, dtype: type) -> None:
    # Above the surrogates, so that every code point is a character.
    characters = tuple(chr(0x10000 + number) for number in range(size))
    ids = Vocabulary(characters).encode(characters[-1])
    assert ids.dtype == dtype
    assert ids.tolist() == [size - 1]


def test_the_sentence_about_missing_characters_names_them_and_counts_the_rest() -> None:
    with pytest.raises(CorpusError) as caught:
        Vocabulary(("a", "b")).encode("zyxwvutsrq\x1b")
    assert str(caught.value).startswith("11 character(s)")
    assert "'z', 'y', 'x'" in str(caught.value)
    assert "..." in str(caught.value)


@pytest.mark.parametrize("identifier", [-1, 2, 300])
def test_an_id_outside_the_vocabulary_is_an_error(identifier: int) -> None:
    with pytest.raises(IndexError):
        Vocabulary(("a", "b")).decode([identifier])


def test_vocabularies_are_equal_by_what_they_hold() -> None:
    used, unused = Vocabulary(("a", "b")), Vocabulary(("a", "b"))
    used.encode("ab")
    assert used == unused
    assert used != Vocabulary(("a", "b"), unknown_id=0)


def test_an_accent_is_spelled_as_the_vocabulary_spells_it() -> None:
    composed, decomposed = "päivä", "pa\u0308iva\u0308"
    assert vocabulary_of(composed).respelled(decomposed) == composed
    assert vocabulary_of(decomposed).respelled(composed + "x") == decomposed + "x"
    assert vocabulary_of(composed + decomposed).respelled(decomposed) == decomposed
    assert vocabulary_of("paiv").respelled(composed) == composed

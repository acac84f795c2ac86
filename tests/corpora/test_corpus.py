import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpora
from corpora import Corpus, CorpusError, tally
from corpora.corpus import Text, build
from corpora.errors import UsageError

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
LEARNABLE = ANY_TEXT.filter(lambda text: len(set(text) - {"\r"}) > 1)


def text_of(corpus: Corpus) -> str:
    return corpus.vocabulary.decode(corpus.ids)


@given(LEARNABLE)
def test_any_text_comes_back_with_lf_line_ends(text: str) -> None:
    corpus = corpora.from_text(text)
    expected = text.replace("\r\n", "\n").replace("\r", "\n")
    assert text_of(corpus) == expected
    assert len(corpus) == len(expected)
    assert corpus.vocabulary.characters == tuple(sorted(set(expected)))
    assert corpus.sha256 == hashlib.sha256(expected.encode()).hexdigest()


@given(LEARNABLE, st.floats(0, 1, exclude_max=True))
def test_the_two_parts_cover_the_text_in_order(text: str, fraction: float) -> None:
    corpus = corpora.from_text(text)
    training, validation = corpus.split(fraction)
    assert np.concatenate([training, validation]).tolist() == corpus.ids.tolist()
    assert len(validation) == int(len(corpus) * fraction)
    assert np.shares_memory(training, corpus.ids)


@pytest.mark.parametrize("fraction", [-0.1, 1, float("nan")])
def test_a_fraction_that_means_nothing_is_refused(fraction: float) -> None:
    with pytest.raises(UsageError, match="validation_fraction"):
        corpora.from_text("some text").split(fraction)


@pytest.mark.parametrize(
    "text",
    [
        "שלום עולם, זה טקסט מימין לשמאל",
        "床前明月光，疑是地上霜。",
        "emoji: 👩‍👩‍👧‍👦 🇮🇸 e\u0301",
        "a\u2028b\u0085c\x0bd",
        "".join(map(chr, range(0x4E00, 0x4E00 + 5000))),
    ],
)
def test_any_script_is_kept_as_it_is(text: str) -> None:
    assert text_of(corpora.from_text(text)) == text


@given(LEARNABLE, st.integers(2, 4))
def test_rare_characters_become_one_visible_symbol(text: str, min_count: int) -> None:
    text = text.replace("\r", "")
    counts = {character: text.count(character) for character in set(text)}
    if len([count for count in counts.values() if count >= min_count]) == 0:
        return
    corpus = corpora.from_text(text, min_count=min_count)
    unknown = corpus.vocabulary.unknown_id
    if min(counts.values()) >= min_count:
        assert unknown is None
        assert text_of(corpus) == text
        return
    assert unknown is not None
    symbol = corpus.vocabulary.characters[unknown]
    assert symbol not in text
    assert list(corpus.vocabulary.characters) == sorted(corpus.vocabulary.characters)
    expected = "".join(symbol if counts[character] < min_count else character for character in text)
    assert text_of(corpus) == expected


def test_the_unknown_symbol_is_never_one_that_the_text_uses() -> None:
    plain = corpora.from_text("aabbc", min_count=2)
    assert text_of(plain) == "aabb\ufffd"
    taken = corpora.from_text("aabbc" + tally.UNKNOWN_SYMBOLS * 2, min_count=2)
    assert text_of(taken)[4] not in "abc" + tally.UNKNOWN_SYMBOLS


def test_lower_case_is_part_of_the_text_and_min_count_is_not() -> None:
    plain = corpora.from_text("Aa Bb Cc")
    lower = corpora.from_text("Aa Bb Cc", lower_case=True)
    assert text_of(lower) == "aa bb cc"
    assert lower.sha256 == corpora.from_text("aa bb cc").sha256 != plain.sha256
    assert corpora.from_text("Aa Bb Cc", min_count=2).sha256 == plain.sha256


def test_a_long_text_is_gone_through_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "plain, then 床前 and 🇮🇸, then 床前 again; " * 5
    whole = corpora.from_text(text, min_count=6)
    monkeypatch.setattr(tally, "PIECE", 7)
    parts = corpora.from_text(text, min_count=6)
    assert (parts.sha256, parts.vocabulary) == (whole.sha256, whole.vocabulary)
    expected = "".join(character if text.count(character) > 5 else "\ufffd" for character in text)
    assert text_of(parts) == text_of(whole) == expected


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "the text 'text' is empty; choose"),
        ("x", "has only one character, 'x'; choose"),
        ("\n" * 1500, r"has only one distinct character, '\\n' \(1,500 times\), so there is"),
        ("ab\ud800", r"character 3 is '\\ud800', half of a surrogate pair"),
        ("\ud83d\ude00", "half of a surrogate pair"),
    ],
)
def test_a_text_that_cannot_be_learnt_is_refused_in_one_sentence(text: str, complaint: str) -> None:
    with pytest.raises(CorpusError, match=complaint):
        corpora.from_text(text)


def test_a_min_count_that_leaves_nothing_says_what_would() -> None:
    with pytest.raises(CorpusError, match=r"min_count 5; take a smaller one .* 3 times"):
        corpora.from_text("aaabb", min_count=5)


@pytest.mark.parametrize("min_count", [0, -3])
def test_a_min_count_below_one_is_bad_usage(min_count: int) -> None:
    with pytest.raises(UsageError, match=f"min_count is {min_count}"):
        corpora.from_text("some text", min_count=min_count)


def test_an_entropy_rate_holds_only_for_the_text_as_it_was_drawn() -> None:
    text = Text("aabbaabbc", entropy_rate=0.5)
    assert build(text, "t", "", lower_case=True, min_count=1).entropy_rate == 0.5
    assert build(text, "t", "", lower_case=False, min_count=2).entropy_rate is None
    assert build(Text("AaBb", (), 0.5), "t", "", lower_case=True, min_count=1).entropy_rate is None


def test_a_preview_is_the_beginning() -> None:
    corpus = corpora.from_text("abc" * 10)
    assert corpus.preview(4) == "abca"
    assert corpus.preview() == "abc" * 10
    assert corpus.preview(0) == corpus.preview(-1) == ""

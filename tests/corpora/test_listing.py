"""The list of corpora, and how it says sizes."""

import pytest

from corpora.listing import size_in_words


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1 KB"),
        (9_960, "10 KB"),
        (56_240, "56 KB"),
        (999_499, "999 KB"),
        (999_500, "1 MB"),
        (4_720_000, "4.7 MB"),
        (2_140_000_000, "2.1 GB"),
        (3_000_000_000_000, "3000 GB"),
    ],
)
def test_a_size_has_the_unit_in_which_it_is_short(size: int, words: str) -> None:
    assert size_in_words(size) == words

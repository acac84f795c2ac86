"""A text cut into streams: where each block reads, and what precedes it."""

import numpy as np
import pytest

from corpora.streams import NOTHING, Streams, fit

TEXT = np.arange(100, 124)  # 24 characters


@pytest.mark.parametrize(("offset", "length"), [(0, 7), (2, 7), (3, 6)])
def test_streams_are_neighbours_and_each_target_follows_its_input(offset: int, length: int) -> None:
    streams = Streams(TEXT, 3, offset)
    assert streams.length == length
    inputs, targets = streams.block(0, length)
    assert inputs.T.reshape(-1).tolist() == TEXT[offset : offset + 3 * length].tolist()
    assert (targets == inputs + 1).all()
    later = streams.block(2, 4)
    assert (later[0] == inputs[2:6]).all()
    assert (later[1] == targets[2:6]).all()


def test_what_precedes_a_place_is_there_and_before_a_stream_there_is_nothing() -> None:
    streams = Streams(TEXT, 2, 1)
    inputs, _ = streams.block(0, streams.length)
    for position in range(streams.length + 1):
        for count in range(4):
            padded = np.concatenate([np.full((count, 2), NOTHING), inputs[:position]])
            expected = padded[len(padded) - count :]
            assert streams.before(position, count).tolist() == expected.tolist()


@pytest.mark.parametrize(
    ("characters", "found"),
    [(2, (1, 1)), (9, (1, 8)), (16, (1, 8)), (17, (2, 8)), (33, (4, 8)), (1000, (4, 8))],
)
def test_a_batch_shrinks_only_as_far_as_a_short_text_asks(
    characters: int, found: tuple[int, int]
) -> None:
    assert fit(characters, 4, 8) == found
    B, T = found
    assert Streams(np.zeros(characters, int), B).block(0, T)[1].shape == (T, B)

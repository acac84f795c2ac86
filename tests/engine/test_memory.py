"""Arrays where the machine likes them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.memory import CACHE_LINE, aligned_empty, padded_width, shared_zeros
from engine.tiles import Tiles


@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=4).map(tuple),
    st.sampled_from([np.float32, np.float64, np.int64]),
)
def test_an_aligned_array_begins_on_a_cache_line_and_is_whole(
    shape: tuple[int, ...], dtype: type[np.generic]
) -> None:
    array = aligned_empty(shape, dtype)
    assert array.ctypes.data % CACHE_LINE == 0
    assert array.shape == shape
    assert array.dtype == np.dtype(dtype)
    assert array.flags.c_contiguous
    array[...] = np.arange(math.prod(shape)).reshape(shape)
    assert array.ravel().tolist() == list(range(math.prod(shape)))


@pytest.mark.parametrize("U", [64, 96, 128, 192, 256, 512])
def test_each_row_of_a_right_factor_begins_on_a_cache_line(U: int) -> None:
    W = Tiles.of(32, U, U + 1).empty_right((3, U + 1, U), np.float32)
    assert W.ctypes.data % CACHE_LINE == 0
    assert all(stride % CACHE_LINE == 0 for stride in W.strides[:-1])


@given(st.integers(1, 3000))
def test_rows_of_a_padded_width_are_never_a_power_of_two_apart(width: int) -> None:
    bytes_apart = shared_zeros((2, padded_width(width)), np.float32).strides[0]
    assert padded_width(width) > width
    assert bytes_apart % CACHE_LINE == 0
    assert bytes_apart // CACHE_LINE % 2 == 1

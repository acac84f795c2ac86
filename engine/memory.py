"""Arrays that processes share: anonymous mappings, inherited on fork, gone with the last process.

Unlike named shared memory they need no space in /dev/shm and leave nothing behind.
"""

import math
import mmap
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

CACHE_LINE = 64  # bytes


def shared_zeros(shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """A zeroed array of `shape` that children forked later see and may write."""
    kind = np.dtype(dtype)
    count = math.prod(shape)
    mapping = mmap.mmap(-1, max(count * kind.itemsize, mmap.PAGESIZE))
    return np.frombuffer(mapping, dtype=kind, count=count).reshape(shape)


def padded_width(width: int) -> int:
    """`width` + at least 1, such that rows start on a cache line and are no power of two apart.

    Rows a power of two apart fall into the same cache set, which slows the products down.
    """
    lane = CACHE_LINE // 4
    rows = -(-(width + 1) // lane)
    return (rows + (rows % 2 == 0)) * lane

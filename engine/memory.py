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


def aligned_empty(shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """An array that begins on a cache line and is not yet filled.

    NumPy's own begin 16 bytes behind one, so that each load of a full vector register reads two
    lines: BLAS's products that copy nothing are slower by a quarter to a third.
    """
    kind = np.dtype(dtype)
    size = math.prod(shape) * kind.itemsize
    buffer = np.empty(size + CACHE_LINE, np.uint8)
    first = -buffer.ctypes.data % CACHE_LINE
    return buffer[first : first + size].view(kind).reshape(shape)


def padded_width(width: int) -> int:
    """`width` + at least 1, such that rows start on a cache line and are no power of two apart.

    Rows a power of two apart fall into the same cache set, which slows the products down.
    """
    lane = CACHE_LINE // 4
    rows = -(-(width + 1) // lane)
    return (rows + (rows % 2 == 0)) * lane

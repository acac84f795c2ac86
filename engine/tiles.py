"""Tiles: the products of one time step cut into pieces that BLAS multiplies at its best.

Before a product, BLAS copies its operands into the order that its kernel wants. A recurrent
product has few rows, so that the copying costs a fifth of the time, again in every time step.
OpenBLAS has kernels for AVX-512 that copy nothing, for products below a certain size.

Letters as in `engine.cells.cell`. An array of B streams and U units is laid out as (u, b, R, C):
u tiles side by side and b below one another, each of R streams and C units.
"""

from functools import cache
from math import gcd
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray
from threadpoolctl import ThreadpoolController

from engine.arrays import Floats
from engine.memory import aligned_empty

SMALL_PRODUCT = 1_000_000  # multiply-adds of the largest product that is not copied
WITH_SMALL_KERNELS = {"SkylakeX", "Cooperlake", "SapphireRapids"}  # as OpenBLAS calls them
FEWEST_ROWS, FEWEST_COLUMNS = 4, 32  # of a tile: vectors, and the registers of the kernel, full
KERNEL_COLUMNS = 64  # four vector registers: what the kernel takes at once


class Tiles(NamedTuple):
    """How (B, U) is cut."""

    u: int
    b: int
    R: int
    C: int

    @classmethod
    def of(cls, B: int, U: int, depth: int) -> "Tiles":
        """The largest tiles whose products with `depth` are small, and the narrowest of these
        that the kernel takes without a rest.

        One tile for all where nothing is gained: then BLAS may also use its threads.
        """
        whole = cls(1, 1, B, U)
        if B * U * depth <= SMALL_PRODUCT or not copies_nothing():
            return whole
        fitting = [
            cls(U // C, B // R, R, C)
            for R in _divisors(B, FEWEST_ROWS)
            for C in _divisors(U, FEWEST_COLUMNS)
            if R * C * depth <= SMALL_PRODUCT
        ]
        return max(
            fitting,
            key=lambda tiles: (tiles.R * tiles.C, gcd(tiles.C, KERNEL_COLUMNS), -tiles.C),
            default=whole,
        )

    def take_all_at_once(self, depth: int) -> bool:
        """Whether the products of all time steps with `depth` had better be a single one.

        So it is where BLAS copies the operands: the larger the product, the less that matters.
        """
        is_small = self.R * self.C * depth <= SMALL_PRODUCT and copies_nothing()
        return self.u == self.b == 1 and not is_small

    def cut(self, array: Floats) -> Floats:
        """(..., B, U) as (..., u, b, R, C), a view."""
        u, b, R, C = self
        return np.moveaxis(array.reshape(*array.shape[:-2], b, R, u, C), -2, -4)

    def left(self, array: NDArray[Any]) -> NDArray[Any]:
        """The left factor (..., B, depth) of a product as (..., 1, b, R, depth), a view."""
        return array.reshape(*array.shape[:-2], 1, self.b, self.R, array.shape[-1])

    def right(self, array: Floats) -> Floats:
        """The right factor (..., depth, U) of a product as (..., u, 1, depth, C), a view."""
        tiles = array.reshape(*array.shape[:-1], self.u, self.C)
        return np.moveaxis(tiles, -2, -3)[..., None, :, :]

    def empty_right(self, shape: tuple[int, ...], dtype: DTypeLike) -> Floats:
        """An array for the right factor (..., depth, U) of a product, laid out as `right` says."""
        *first, depth, _ = shape
        return aligned_empty((*first, self.u, 1, depth, self.C), dtype)


def copies_nothing() -> bool:
    """Whether NumPy's BLAS has kernels for small products, and no threads to share large ones."""
    return any(
        library.get("architecture") in WITH_SMALL_KERNELS and library["num_threads"] == 1
        for library in _libraries().info()
    )


@cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController().select(user_api="blas")


def _divisors(number: int, least: int) -> list[int]:
    return [divisor for divisor in range(least, number + 1) if number % divisor == 0]

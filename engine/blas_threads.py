"""The threads of BLAS, which are the whole process's: borrowed, and given back in any order."""

from weakref import WeakKeyDictionary

from threadpoolctl import threadpool_limits


class BlasThreads:
    """BLAS has `count` threads until this is given back, or somebody younger asks for others."""

    def __init__(self, count: int) -> None:
        self._before = threadpool_limits(count, user_api="blas")  # remembers what it has found
        _borrowed[self] = None

    def give_back(self) -> None:
        """BLAS has again what it had before; where somebody younger has them, only after that."""
        borrowed = list(_borrowed)
        younger = borrowed[borrowed.index(self) + 1 :]
        del _borrowed[self]
        if younger:
            younger[0]._before = self._before
        else:
            self._before.restore_original_limits()


# The oldest first; without those that somebody has lost, who would never give them back.
_borrowed: WeakKeyDictionary[BlasThreads, None] = WeakKeyDictionary()

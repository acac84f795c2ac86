"""The threads of BLAS, which are the whole process's: borrowed, and given back in any order."""

from threadpoolctl import threadpool_limits

_borrowed: list["BlasThreads"] = []  # the oldest first


class BlasThreads:
    """BLAS has `count` threads until this is given back, or somebody younger asks for others."""

    def __init__(self, count: int) -> None:
        self._before = threadpool_limits(count, user_api="blas")  # remembers what it has found
        _borrowed.append(self)

    def give_back(self) -> None:
        """BLAS has again what it had before; where somebody younger has them, only after that."""
        place = _borrowed.index(self)
        del _borrowed[place]
        if place == len(_borrowed):
            self._before.restore_original_limits()
        else:
            _borrowed[place]._before = self._before

"""BLAS gets its threads back, in whichever order they were borrowed."""

import gc
from itertools import permutations

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from engine.hyperparameters import Hyperparameters
from engine.machine import Split
from engine.trainer import Trainer

VERSE = "how now brown cow " * 40
SMALL = Hyperparameters(layers=1, hidden_size=8, batch_size=2, sequence_length=8)


def blas_threads() -> int:
    (count,) = {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"}
    return int(count)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_youngest_trainer_that_is_open_has_its_threads(order: tuple[int, ...]) -> None:
    with threadpool_limits(3, user_api="blas"):
        threads = dict(enumerate((4, 1, 2)))
        trainers = [Trainer(VERSE, SMALL, processes=Split(1, n)) for n in threads.values()]
        for place in order:
            trainers[place].close()
            del threads[place]
            assert blas_threads() == (list(threads.values()) or [3])[-1]


def test_a_trainer_that_was_never_closed_keeps_no_threads_from_others() -> None:
    with threadpool_limits(3, user_api="blas"):
        with Trainer(VERSE, SMALL, processes=Split(1, 1)):
            Trainer(VERSE, SMALL, processes=Split(1, 2))
            gc.collect()
        assert blas_threads() == 3

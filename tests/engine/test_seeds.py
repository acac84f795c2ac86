"""Random numbers of a run: each purpose and each counter has its own."""

import itertools

import numpy as np

from engine.seeds import INITIAL, MASKS, OFFSETS, SAMPLES, seeds

PURPOSES = (INITIAL, OFFSETS, SAMPLES, MASKS)


def test_no_purpose_draws_the_numbers_of_another_whatever_is_counted() -> None:
    asked = list(itertools.product((0, 1, 2**32 - 1), PURPOSES, range(6)))
    drawn = {int(np.random.PCG64(seeds(*each)).random_raw()) for each in asked}
    assert len(drawn) == len(asked)

import math

import numpy as np
import pytest

from engine.arrays import Floats
from engine.loss import (
    bits_per_character,
    cross_entropy,
    cross_entropy_backward,
    finite_perplexity,
    perplexity,
)


def test_cross_entropy_of_equal_logits_is_the_log_of_their_number() -> None:
    assert cross_entropy(np.zeros((3, 7)), np.array([0, 3, 6])) == pytest.approx(3 * math.log(7))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_cross_entropy_is_stable_for_any_logits(dtype: type) -> None:
    huge = np.finfo(dtype).max / 4
    logits: Floats = np.array([[huge, -huge], [-huge, huge]], dtype)
    assert cross_entropy(logits, np.array([0, 1])) == 0
    np.testing.assert_array_equal(logits, [[1, 0], [0, 1]])


def test_its_gradient_is_probability_minus_one_hot() -> None:
    rng = np.random.default_rng(0)
    logits, targets = rng.normal(size=(4, 5)), np.array([1, 0, 4, 2])
    gradient = logits.copy()
    cross_entropy(gradient, targets)
    cross_entropy_backward(gradient, targets, count=4)
    for row in range(4):
        for column in range(5):
            near = logits.copy(), logits.copy()
            near[0][row, column] += 1e-6
            near[1][row, column] -= 1e-6
            above, below = (cross_entropy(each, targets) / 4 for each in near)
            assert gradient[row, column] == pytest.approx((above - below) / 2e-6, abs=1e-9)


def test_metrics_follow_from_the_loss() -> None:
    assert perplexity(math.log(65)) == pytest.approx(65)
    assert perplexity(600) == pytest.approx(math.exp(600))
    assert perplexity(1e6) == math.inf
    assert finite_perplexity(600) == perplexity(600)
    assert finite_perplexity(1e6) is finite_perplexity(None) is None
    assert bits_per_character(math.log(2)) == 1

import numpy as np
import pytest

from engine.activations import sigmoid_of_twice, tanh
from engine.sampling import Choice

softmax = Choice().probabilities


def test_softmax_of_the_original_example() -> None:
    expected = [0.0021657, 0.00588697, 0.11824302, 0.87370431]
    np.testing.assert_allclose(softmax(np.array([-1.0, 0.0, 3.0, 5.0])), expected, atol=5e-9)


@pytest.mark.parametrize("size", [1e3, 1e30, 1e300])
def test_softmax_is_finite_for_any_finite_logits(size: float) -> None:
    probabilities = softmax(np.array([-size, 0.0, size]))
    np.testing.assert_allclose(probabilities, [0, 0, 1])


def test_softmax_rows_are_independent_and_sum_to_one() -> None:
    logits = np.random.default_rng(0).normal(0, 3, (4, 7))
    together = softmax(logits)
    np.testing.assert_allclose(together.sum(axis=1), 1)
    np.testing.assert_allclose(together[2], softmax(logits[2]))


def test_tanh_agrees_with_its_definition() -> None:
    x = np.linspace(-3, 3, 13)
    np.testing.assert_allclose(tanh(x), (np.exp(2 * x) - 1) / (np.exp(2 * x) + 1), atol=1e-15)


def test_sigmoid_of_twice_is_the_logistic_function() -> None:
    x = np.linspace(-30, 30, 61)
    half = x / 2
    sigmoid_of_twice(half)
    np.testing.assert_allclose(half, 1 / (1 + np.exp(-x)), atol=1e-15)

"""What the norm of the input products makes of sizes that are known beforehand."""

import numpy as np
import pytest

from engine.cells import CELLS
from engine.normalisation import EPSILON
from tests.engine.problems import BACKWARD, Problem


@pytest.mark.parametrize("ngram_order", [1, 2])  # a norm of each character, and of each place
@pytest.mark.parametrize("cell", CELLS)
def test_products_that_have_the_size_already_stay_as_they_are(cell: str, ngram_order: int) -> None:
    plain, normed = (
        Problem(cell, ngram_order=ngram_order, input_norm=norm) for norm in (False, True)
    )
    weights = []
    for problem in (plain, normed):
        weight = problem.parameters["rnn.weight_ih_l0"][:, : problem.characters]  # one-hot
        products = weight.reshape(-1, problem.hidden_size, problem.characters)
        size = np.mean(products**2, axis=1, keepdims=True) / (1 - EPSILON)
        weight[:] = (products / np.sqrt(size)).reshape(weight.shape)
        weights.append(weight)
        for name, array in problem.parameters.items():
            if name.startswith("ngrams."):
                array[:] = 0
    before = normed.loss()
    assert before == pytest.approx(plain.loss(), rel=1e-12)
    for weight in weights:
        weight *= 10
    assert normed.loss() == pytest.approx(before, rel=1e-4)
    assert plain.loss() != pytest.approx(before, rel=1e-3)


@pytest.mark.parametrize("ngram_order", [1, 2])
def test_what_is_read_as_nothing_is_no_division_by_zero(ngram_order: int) -> None:
    problem = Problem("gru", 2, 3, ngram_order=ngram_order, input_norm=True)
    problem.parameters["embedding.weight"][:] = 0
    problem.parameters["rnn.weight_ih_l1"][:] = 0
    assert np.isfinite(problem.loss(BACKWARD))
    assert all(np.isfinite(gradient).all() for gradient in problem.gradients.values())

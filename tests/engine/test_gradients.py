import time
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

from engine.shards import SpinningShard
from tests.engine.problems import BACKWARD, Problem

CELLS = ("gru", "cifg", "lstm")


def check_against_central_differences(problem: Problem, names: Iterable[str]) -> None:
    problem.loss(BACKWARD)
    for name in names:
        numeric = problem.numeric_gradient(problem.parameters[name])
        error = np.abs(numeric - problem.gradients[name]).max() / np.abs(numeric).max()
        assert error < 1e-6, f"{name}: relative error {error:.1e}"


@pytest.mark.parametrize("dropout", [False, True], ids=["plain", "dropout"])
@pytest.mark.parametrize("embedding_size", [0, 3], ids=["one-hot", "embedding"])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", CELLS)
def test_every_gradient_agrees_with_central_differences(
    cell: str, layers: int, embedding_size: int, dropout: bool
) -> None:
    problem = Problem(cell, layers, embedding_size, dropout)
    check_against_central_differences(problem, problem.parameters)


@pytest.mark.parametrize("input_norm", [False, True], ids=["plain", "norm"])
@pytest.mark.parametrize("steps", [0, 1, 3])
@pytest.mark.parametrize("cell", CELLS)
def test_gradients_go_from_stretch_to_stretch(
    cell: str, steps: int, input_norm: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    T, B, H = 5, 3, 6
    # Room for another character, but not for another time step (with 0: for none at all).
    monkeypatch.setattr("engine.cells.cell.STRETCH", (steps * B + 1) * H)
    problem = Problem(cell, 2, T=T, B=B, hidden_size=H, input_norm=input_norm)
    check_against_central_differences(problem, problem.parameters)


@pytest.mark.parametrize("cell", CELLS)
def test_gradients_of_ngrams_agree_with_central_differences(cell: str) -> None:
    problem = Problem(cell, 2, embedding_size=2, ngram_order=3)
    names = ("ngrams.weight_2", "ngrams.weight_3", "rnn.weight_ih_l0", "embedding.weight")
    check_against_central_differences(problem, names)


@pytest.mark.parametrize("embedding_size", [0, 3], ids=["one-hot", "embedding"])
@pytest.mark.parametrize("ngram_order", [1, 3])
@pytest.mark.parametrize("cell", CELLS)
def test_gradients_through_the_norm_agree_with_central_differences(
    cell: str, ngram_order: int, embedding_size: int
) -> None:
    problem = Problem(
        cell, 2, embedding_size, characters=3, ngram_order=ngram_order, input_norm=True
    )
    check_against_central_differences(problem, problem.parameters)


@pytest.mark.parametrize("temperature", [0.8, 1.5])
def test_gradients_behind_a_temperature_agree_with_central_differences(temperature: float) -> None:
    problem = Problem("gru", 2, embedding_size=3, temperature=temperature)
    check_against_central_differences(problem, problem.parameters)


@pytest.mark.parametrize("input_norm", [False, True], ids=["plain", "norm"])
@pytest.mark.parametrize("processes", [2, 3])
@pytest.mark.parametrize("cell", CELLS)
def test_shards_compute_the_gradients_of_one_process(
    cell: str, processes: int, input_norm: bool
) -> None:
    more: dict[str, Any] = {"dropout": True, "ngram_order": 3, "input_norm": input_norm}
    alone = Problem(cell, 2, 3, **more)
    sharded = Problem(cell, 2, 3, processes=processes, **more)
    try:
        assert sharded.loss(BACKWARD) == pytest.approx(alone.loss(BACKWARD), abs=1e-14)
        for name, gradient in alone.gradients.items():
            np.testing.assert_allclose(
                sharded.gradients[name], gradient, rtol=1e-12, atol=1e-14, err_msg=name
            )
        if input_norm:  # the shards' sums of squares are added in another order
            np.testing.assert_allclose(sharded.exchange.state, alone.exchange.state, rtol=1e-12)
        else:
            np.testing.assert_array_equal(sharded.exchange.state, alone.exchange.state)
    finally:
        sharded.team.close()


@pytest.mark.parametrize("input_norm", [False, True], ids=["plain", "norm"])
@pytest.mark.parametrize("slow", [0, 1])
@pytest.mark.parametrize("layers", [2, 3])
@pytest.mark.parametrize("T", [1, 2])
def test_a_shard_that_is_late_at_every_meeting_reads_what_was_meant_for_it(
    T: int, layers: int, slow: int, input_norm: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet = SpinningShard.meet

    def meet_and_fall_behind(self: SpinningShard) -> None:
        meet(self)
        if self.rank == slow:
            time.sleep(0.003)

    monkeypatch.setattr(SpinningShard, "meet", meet_and_fall_behind)
    alone = Problem("gru", layers, 3, T=T, input_norm=input_norm)
    sharded = Problem("gru", layers, 3, T=T, input_norm=input_norm, processes=2)
    try:
        alone.loss(BACKWARD)
        sharded.loss(BACKWARD)
        for name, gradient in alone.gradients.items():
            np.testing.assert_allclose(
                sharded.gradients[name], gradient, rtol=1e-12, atol=1e-14, err_msg=name
            )
    finally:
        sharded.team.close()


@pytest.mark.parametrize("cell", CELLS)
def test_gradients_are_cleared_before_each_backward_pass(cell: str) -> None:
    problem = Problem(cell, 2, 3)
    problem.loss(BACKWARD)
    first = {name: gradient.copy() for name, gradient in problem.gradients.items()}
    problem.loss(BACKWARD)
    for name, gradient in problem.gradients.items():
        np.testing.assert_array_equal(gradient, first[name], err_msg=name)


def test_a_character_that_does_not_occur_has_no_gradient() -> None:
    one_hot, embedding = Problem("gru"), Problem("gru", embedding_size=3)
    one_hot.loss(BACKWARD)
    embedding.loss(BACKWARD)
    assert not one_hot.gradients["rnn.weight_ih_l0"][:, -1].any()
    assert not embedding.gradients["embedding.weight"][-1].any()

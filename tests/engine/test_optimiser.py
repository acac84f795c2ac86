import math
from dataclasses import replace

import msgspec
import numpy as np
import pytest

from engine.arrays import Floats
from engine.model import Architecture, zeros_like_parameters
from engine.optimiser import CHUNK, Adam, AdamSettings, clip_scale, own_numbers
from engine.shards import Shard

ARCHITECTURE = Architecture(
    cell="gru", layers=2, hidden_size=7, embedding_size=3, vocabulary_size=11
)


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_shards_own_every_number_exactly_once(count: int) -> None:
    for name, shape in ARCHITECTURE.shapes().items():
        owners = np.zeros(shape)
        for rank in range(count):
            own_numbers(name, owners, 7, Shard(rank, count))[:] += 1
        assert (owners == 1).all(), name


def test_own_numbers_are_the_rows_of_own_units_in_each_gate() -> None:
    rows = np.arange(21.0 * 4).reshape(21, 4)  # only these are whole before the shards meet
    for rank, units in enumerate(([0, 1], [2, 3], [4, 5, 6])):
        own = own_numbers("rnn.weight_hh_l0", rows, 7, Shard(rank, 3))
        expected = rows.reshape(3, 7, 4)[:, units]
        np.testing.assert_array_equal(own.reshape(expected.shape), expected)


def test_clipping_brings_a_long_gradient_down_to_the_limit() -> None:
    assert clip_scale(10, 2) == 0.2
    assert clip_scale(1, 2) == 1
    assert clip_scale(10, 0) == 1


def test_the_norm_is_that_of_all_gradients_together() -> None:
    architecture = msgspec.structs.replace(ARCHITECTURE, ngram_order=3, ngram_size=2)
    weights = [zeros_like_parameters(architecture, np.float64) for _ in range(4)]
    rng = np.random.default_rng(0)
    for gradient in weights[1].values():
        gradient[:] = rng.normal(size=gradient.shape)
    expected = sum(float((gradient**2).sum()) for gradient in weights[1].values())
    shards = [Adam(*weights, hidden_size=7, shard=Shard(rank, 2)) for rank in range(2)]
    assert sum(adam.squared_norm() for adam in shards) == pytest.approx(expected, rel=1e-12)


def test_weight_decay_leaves_biases_alone() -> None:
    weights = [zeros_like_parameters(ARCHITECTURE, np.float64) for _ in range(4)]
    for parameter in weights[0].values():
        parameter[:] = 1
    Adam(*weights, hidden_size=7).update(AdamSettings(0.1, 0.5, 0.9, 0.99, 1), 1.0, used={})
    for name, parameter in weights[0].items():
        np.testing.assert_allclose(parameter, 0.95 if "weight" in name else 1, err_msg=name)


def by_the_book(gradients: Floats, settings: AdamSettings) -> float:
    """Where a weight of 1 comes to by Kingma and Ba 2014, and Dozat 2016, in their letters.

    A gradient that is not a number stands for a step that leaves the weight alone.
    """
    p, m, v = 1.0, 0.0, 0.0
    b1, b2, rate = settings.beta1, settings.beta2, settings.learning_rate
    for t, g in enumerate(gradients.tolist(), 1):
        if math.isnan(g):
            continue
        m = b1 * m + (1 - b1) * g
        v = b2 * v + (1 - b2) * g**2
        mean = m / (1 - b1**t)
        if settings.nesterov:
            mean = b1 * m / (1 - b1 ** (t + 1)) + (1 - b1) * g / (1 - b1**t)
        p -= rate * settings.weight_decay * p
        p -= rate * mean / (math.sqrt(v / (1 - b2**t)) + 1e-8)
    return p


@pytest.mark.parametrize("nesterov", [False, True])
@pytest.mark.parametrize("rank", [0, 1])
def test_each_update_is_the_papers_also_of_tables_whose_rows_rest(
    nesterov: bool, rank: int
) -> None:
    table = "ngrams.weight_2"
    used = [[0, 1, 2, 3], [0, 3], [1, 2], [1], [0, 1, 2, 3], [2, 3]]
    gradients = np.random.default_rng(0).normal(0, 1e-7, (len(used), 4, 3))  # so epsilon counts
    seen = {"head.weight": 0.25 * gradients, table: 0.25 * gradients}
    for step, rows in enumerate(used):
        seen[table][step, [row for row in range(4) if row not in rows]] = np.nan
    weights = [{name: np.zeros((4, 3)) for name in seen} for _ in range(4)]
    for parameter in weights[0].values():
        parameter[:] = 1
    adam = Adam(*weights, hidden_size=4, shard=Shard(rank, 2))
    plan = AdamSettings(0.1, 0.2, 0.8, 0.9, 0, nesterov)
    for step, rows in enumerate(used):
        for gradient in weights[1].values():
            gradient[:] = gradients[step]
        adam.update(replace(plan, step=step + 1), 0.25, used={table: np.array(rows)})
    for name, parameter in weights[0].items():
        for row, column in np.ndindex(4, 3):
            own = row // 2 == rank
            expected = by_the_book(seen[name][:, row, column], plan) if own else 1.0
            assert parameter[row, column] == pytest.approx(expected, rel=1e-12), (name, row)


def test_without_a_mean_there_is_nothing_to_look_ahead_with() -> None:
    found = []
    for nesterov in (False, True):
        weights = [zeros_like_parameters(ARCHITECTURE, np.float64) for _ in range(4)]
        for gradient in weights[1].values():
            gradient[:] = np.random.default_rng(0).normal(size=gradient.shape)
        settings = AdamSettings(0.1, 0.0, 0.0, 0.99, 1, nesterov)
        Adam(*weights, hidden_size=7).update(settings, 1.0, used={})
        found.append(weights[0])
    for name, parameter in found[0].items():
        np.testing.assert_array_equal(parameter, found[1][name], err_msg=name)


def test_long_arrays_are_updated_to_the_last_element_and_each_once() -> None:
    shapes = {"rnn.weight_hh_l0": (3 * 100, 250), "head.weight": (2, CHUNK + 100)}
    weights = [{name: np.zeros(shape) for name, shape in shapes.items()} for _ in range(4)]
    for gradient in weights[1].values():
        gradient[:] = 1
    Adam(*weights, hidden_size=100).update(AdamSettings(0.1, 0.0, 0.9, 0.99, 1), 1.0, used={})
    for name, parameter in weights[0].items():
        assert parameter.size > 2 * CHUNK
        np.testing.assert_allclose(parameter, -0.1, rtol=1e-6, err_msg=name)


@pytest.mark.parametrize("nesterov", [False, True])
def test_of_a_table_the_rows_that_a_batch_used_are_updated_as_any_weight(nesterov: bool) -> None:
    rng = np.random.default_rng(0)
    groups = [rng.uniform(0.1, 1, (9, 4)) for _ in range(4)]
    settings = AdamSettings(0.1, 0.5, 0.9, 0.99, 3, nesterov)
    used = np.array([1, 4, 8])
    table = [{"ngrams.weight_2": group.copy(), "head.bias": np.ones(2)} for group in groups]
    weight = [{"head.weight": group.copy()} for group in groups]
    Adam(*weight, hidden_size=7).update(settings, 0.25, used={})
    for rank in range(2):
        sparse = Adam(*table, hidden_size=7, shard=Shard(rank, 2))
        sparse.update(settings, 0.25, used={"ngrams.weight_2": used})
    for before, sparse_group, dense_group in zip(groups, table, weight, strict=True):
        found, dense = sparse_group["ngrams.weight_2"], dense_group["head.weight"]
        np.testing.assert_allclose(found[used], dense[used], rtol=1e-14)
        others = np.setdiff1d(np.arange(9), used)
        np.testing.assert_array_equal(found[others], before[others])

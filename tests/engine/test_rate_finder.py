"""The sweep over learning rates: what it shows, where it ends, and that it disturbs nothing."""

from pathlib import Path

import numpy as np
import pytest

import corpora
from engine.checkpoint import load_checkpoint
from engine.hyperparameters import Hyperparameters
from engine.rate_finder import LEAST, MEMORY, MOST, WORSE, Point, suggestion, sweep
from engine.trainer import Trainer

CORPUS = corpora.from_text("the quick brown fox jumps over the lazy dog. " * 60, name="fox")
SETTINGS = Hyperparameters.from_mapping(
    {"layers": 1, "hidden_size": 16, "batch_size": 4, "sequence_length": 16, "epochs": 1}
)


def test_the_rate_grows_by_equal_factors_and_the_loss_falls_and_rises() -> None:
    points = list(sweep(CORPUS, SETTINGS, steps=60))
    rates = np.array([point.learning_rate for point in points])
    assert rates[0] == LEAST
    assert rates[-1] <= MOST * 1.0001
    np.testing.assert_allclose(rates[1:] / rates[:-1], (MOST / LEAST) ** (1 / 59), rtol=1e-6)
    for count, point in enumerate(points[:5], 1):
        losses = [other.loss for other in points[:count]]
        weights = [MEMORY**age for age in range(count - 1, -1, -1)]
        assert point.smoothed == pytest.approx(np.average(losses, weights=weights))
    best = min(point.smoothed for point in points)
    assert best < 0.9 * points[0].smoothed
    assert points[-1].smoothed > 1.2 * best
    found = suggestion(points)
    assert found is not None
    assert 1e-4 < found < 0.2
    assert all(point.smoothed <= WORSE * best for point in points[:-1])


def test_it_ends_where_the_loss_is_far_worse_than_its_best() -> None:
    rough = Hyperparameters.from_mapping({"gradient_clip": 0, "beta1": 0}, SETTINGS)
    points = list(sweep(CORPUS, rough, steps=100))
    assert len(points) < 100
    *before, last = (point.smoothed for point in points)
    assert last > WORSE * min(before)
    assert max(before[1:]) <= WORSE * min(before)


def test_it_ends_where_training_diverges() -> None:
    wild = Hyperparameters.from_mapping({"gradient_clip": 0, "weight_decay": 100}, SETTINGS)
    points = list(sweep(CORPUS, wild, steps=30))
    assert 0 < len(points) < 30
    assert all(np.isfinite(point.loss) for point in points)


def test_a_copy_of_a_state_is_swept_and_the_state_stays(tmp_path: Path) -> None:
    with Trainer(CORPUS, SETTINGS, folder=tmp_path) as trainer:
        for _ in trainer:
            pass
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    path = tmp_path / "last.safetensors"
    before = np.random.get_state(legacy=False)["state"]["key"].copy()
    points = list(sweep(CORPUS, SETTINGS, checkpoint=path, steps=12))
    assert points[0].loss < 2.9  # a new model would begin at 3.3
    assert points[0].loss == pytest.approx(load_checkpoint(path).loss, abs=0.5)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == files
    assert (np.random.get_state(legacy=False)["state"]["key"] == before).all()
    assert list(sweep(CORPUS, SETTINGS, checkpoint=path, steps=12)) == points


def test_nothing_is_suggested_where_nothing_was_learnt() -> None:
    flat = [Point(LEAST * 2**n, 3.0, 3.0) for n in range(20)]
    assert suggestion(flat) is None
    assert suggestion([]) is None
    assert suggestion(flat[:10]) is None
    assert suggestion([*flat, Point(0.5, 3.0, 2.98)]) is None  # not a hundredth


def test_one_step_is_made_at_the_least_rate() -> None:
    assert [point.learning_rate for point in sweep(CORPUS, SETTINGS, steps=1)] == [LEAST]


def test_a_fall_is_measured_from_where_the_rates_do_not_matter() -> None:
    begin = [Point(LEAST, 2.0, 2.0)] + [Point(LEAST, 3.1, 3.0) for _ in range(9)]
    assert suggestion([*begin, *[Point(0.2, 2.5, 2.5)] * 30]) == 0.02
    assert suggestion([*begin, *[Point(LEAST * 5, 2.5, 2.5)] * 30]) == LEAST


def test_a_dip_between_two_batches_is_no_learning() -> None:
    losses = [1.42, 1.46, 1.39, 1.44, 1.37, 1.45, 1.40, 1.43, 1.38, 1.41]
    smoothed = [1.42, 1.44, 1.42, 1.43, 1.41, 1.41, 1.40, 1.42, 1.40, 1.40]
    pairs = zip(losses * 2, smoothed * 2, strict=True)
    points = [Point(LEAST * 1.5**n, *pair) for n, pair in enumerate(pairs)]
    assert suggestion(points) is None
    fallen = [*points, Point(0.5, 1.2, 1.2)]
    assert suggestion(fallen) == 0.05

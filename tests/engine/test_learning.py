"""The two figures of how a model learns, against NumPy on what stands before and behind a step."""

from dataclasses import replace

import numpy as np
import pytest

from engine import Hyperparameters, Trainer
from engine.arrays import Floats
from engine.events import Validation
from engine.layout import Layout
from engine.learning import HIGH, LOW, Update
from engine.position import Position
from engine.shards import Shard
from engine.tasks import StepFigures, StepSettings

TEXT = "the cat sat on the mat and the dog sat on the log. " * 60
SMALL = {
    "hidden_size": 12,
    "layers": 2,
    "batch_size": 4,
    "sequence_length": 8,
    "steps": 6,
    "validate_every": 3,
    "learning_rate": 0.05,
    "sample_every": 1000,
}


def settings(**others: object) -> Hyperparameters:
    return Hyperparameters.from_mapping({**SMALL, **others})


def sigmoid(x: Floats) -> Floats:
    squashed: Floats = 1 / (1 + np.exp(-x))
    return squashed


def gates_by_hand(trainer: Trainer, cell: str) -> Floats:
    """The sigmoid gates (T, layers, gates, B, H) of the batch that comes next, from torch's names.

    Written down from the equations in the README, in float64.
    """
    p = {name: array.astype(np.float64) for name, array in trainer.weights.parameters.items()}
    inputs, _ = trainer.layout.batches.block(trainer.position.character)
    exchange = trainer.layout.exchange
    h, c = exchange.state.astype(float), exchange.cell_state.astype(float)
    H, found = h.shape[2], []
    for ids in inputs:
        x = p["embedding.weight"][ids] if "embedding.weight" in p else None
        for layer in range(len(h)):
            W = p[f"rnn.weight_ih_l{layer}"]
            from_x = (W[:, ids].T if x is None else x @ W.T) + p[f"rnn.bias_ih_l{layer}"]
            from_h = h[layer] @ p[f"rnn.weight_hh_l{layer}"].T + p[f"rnn.bias_hh_l{layer}"]
            parts = [(from_x + from_h)[:, k * H : (k + 1) * H] for k in range(W.shape[0] // H)]
            if cell == "gru":
                r, z = sigmoid(parts[0]), sigmoid(parts[1])
                n = np.tanh(from_x[:, 2 * H :] + r * from_h[:, 2 * H :])
                h[layer] = (1 - z) * n + z * h[layer]
                found.append([r, z])
            else:
                i, o = sigmoid(parts[0]), sigmoid(parts[-1])
                f = sigmoid(parts[1]) if cell == "lstm" else 1 - i
                c[layer] = f * c[layer] + i * np.tanh(parts[-2])
                h[layer] = o * np.tanh(c[layer])
                found.append([i, f, o] if cell == "lstm" else [i, o])
            x = h[layer]
    return np.array(found)


@pytest.mark.parametrize("processes", [1, 2, 3])
@pytest.mark.parametrize("cell", ["gru", "lstm", "cifg"])
def test_the_figures_are_those_of_the_step_before_the_validation(cell: str, processes: int) -> None:
    seen: list[tuple[float, float]] = []
    # Weights so large that some gates are saturated, and not all.
    with Trainer(TEXT, settings(cell=cell, dropout=0.0), processes=processes) as trainer:
        for array in trainer.weights.parameters.values():
            array *= 4
        while not trainer.finished and trainer.step < 3:
            if not trainer.busy:
                gates = gates_by_hand(trainer, cell)
                before = {n: a.astype(float) for n, a in trainer.weights.parameters.items()}
            event = next(trainer)
            if trainer.step == 3 and not isinstance(event, Validation):
                after = trainer.weights.parameters
                moved = sum(float(((after[n] - before[n]) ** 2).sum()) for n in before)
                whole = sum(float((before[n] ** 2).sum()) for n in before)
                beyond = float(((gates < LOW) | (gates > HIGH)).mean())
                seen.append(((moved / whole) ** 0.5, beyond))
        validation = next(event for event in trainer if isinstance(event, Validation))
    (ratio, beyond), *_ = seen
    assert validation.update_ratio == pytest.approx(ratio, rel=1e-4)
    assert 0.01 < beyond < 0.99
    assert validation.saturation == pytest.approx(beyond, abs=2 / gates.size)


def test_the_tables_of_n_grams_count_whole_and_move_where_they_are_used() -> None:
    chosen = settings(ngram_order=3, ngram_size=4)
    with Trainer(TEXT, chosen, processes=2) as trainer:
        assert any(name.startswith("ngrams.") for name in trainer.weights.parameters)
        for _ in trainer:
            if trainer.step == 2:
                before = {n: a.astype(float) for n, a in trainer.weights.parameters.items()}
            if trainer.step == 3:
                break
        after = trainer.weights.parameters
        moved = sum(float(((after[n] - before[n]) ** 2).sum()) for n in before)
        whole = sum(float((before[n] ** 2).sum()) for n in before)
        event = next(event for event in trainer if isinstance(event, Validation))
    assert event.update_ratio == pytest.approx((moved / whole) ** 0.5, rel=1e-4)


def test_of_a_table_each_shard_counts_what_its_own_rows_have_moved() -> None:
    table, used = np.ones((6, 2)), np.array([1, 3, 4])
    shards = [Update({"ngrams.weight_2": table}, {"ngrams.weight_2": used}, 4, Shard(rank, 2))
              for rank in range(2)]  # fmt: skip
    table[used] += [[1.0], [2.0], [3.0]]
    assert [shard.squares() for shard in shards] == [(2.0, 6.0), (26.0, 6.0)]


@pytest.mark.parametrize("processes", [1, 2])
def test_measuring_changes_no_bit(monkeypatch: pytest.MonkeyPatch, processes: int) -> None:
    chosen = settings(dropout=0.2)
    ends = []
    for measured in (True, False):
        if not measured:
            plain = Layout.step_settings

            def never(
                self: Layout, given: Hyperparameters, rate: float, position: Position
            ) -> StepSettings:
                return replace(plain(self, given, rate, position), measured=False)  # noqa: B023

            monkeypatch.setattr(Layout, "step_settings", never)
        with Trainer(TEXT, chosen, processes=processes) as trainer:
            figures = [e.saturation for e in trainer if isinstance(e, Validation)]
            ends.append({n: a.copy() for n, a in trainer.weights.parameters.items()})
        assert [figure is not None for figure in figures] == [measured] * 2
    assert all(np.array_equal(ends[0][name], ends[1][name]) for name in ends[0])


def test_only_the_steps_before_validations_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[int] = []
    train = Layout.train

    def watched(self: Layout, position: Position, numbers: StepSettings) -> StepFigures:
        if numbers.measured:
            measured.append(position.step + 1)
        return train(self, position, numbers)

    monkeypatch.setattr(Layout, "train", watched)
    with Trainer(TEXT, settings(steps=8)) as trainer:
        found = [e.update_ratio is not None for e in trainer if isinstance(e, Validation)]
    assert measured == [3, 6, 8]
    assert found == [True] * 3


def test_a_validation_of_a_step_that_was_not_measured_says_nothing() -> None:
    with Trainer(TEXT, settings()) as trainer:
        event = trainer.validate()
    assert event is not None
    assert (event.update_ratio, event.saturation) == (None, None)

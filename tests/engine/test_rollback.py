"""Back to the last good checkpoint: when, from where, and what is remembered of it."""

import re
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import Trainer
from engine.errors import DivergedError
from engine.events import CheckpointSaved, Rollback, Step
from engine.stopwatch import Stopwatch
from tests.engine.test_saving import NOISE, stepped
from tests.engine.test_trainer import QUICK, VERSE, with_settings


def test_a_run_that_diverges_rolls_back_and_halves_the_learning_rate() -> None:
    with Trainer(VERSE, with_settings(warm_up=0)) as trainer:
        while trainer.step < 5:
            next(trainer)
        trainer.save()
        trainer.weights.parameters["head.bias"][0] = np.nan
        rollback = next(event for event in trainer if isinstance(event, Rollback))
        assert rollback.to_step == 5
        assert rollback.learning_rate == 0.003
        assert "diverged at step 5" in rollback.reason
        list(trainer)
        assert all(np.isfinite(array).all() for array in trainer.weights.parameters.values())
        assert trainer.step == 20


@pytest.mark.parametrize("validate_every", [12, 1000])
def test_a_model_that_has_forgotten_everything_is_not_saved_though_its_loss_is_finite(
    validate_every: int,
) -> None:
    settings = with_settings(warm_up=0, checkpoint_every=12, validate_every=validate_every)
    with Trainer(VERSE, settings) as trainer:
        while trainer.step < 5:
            next(trainer)
        trainer.validate()
        trainer.save()
        bias = trainer.weights.parameters["head.bias"]
        blind = np.log(len(bias))
        assert trainer.position.best_validation_loss < blind
        bias[trainer.corpus.vocabulary.characters.index(" ")] -= 100
        heard = next(event for event in trainer if isinstance(event, Rollback | CheckpointSaved))
        assert isinstance(heard, Rollback)
        assert (heard.to_step, heard.learning_rate) == (5, 0.003)
        told = re.search(r"diverged at step 12 \(loss ([\d.]+)", heard.reason)
        assert told
        assert 2 * blind < float(told[1]) < 10 * blind
        assert "nan" not in heard.reason


def test_only_a_checkpoint_behind_the_step_that_diverged_overcomes_it() -> None:
    with Trainer(VERSE, with_settings(warm_up=0)) as trainer:
        for step in (5, 7):
            while trainer.step < step:
                next(trainer)
            trainer.save()
            for _ in range(3):
                trainer.weights.parameters["head.bias"][0] = np.nan
                rollback = next(event for event in trainer if isinstance(event, Rollback))
                assert rollback.to_step == trainer.step == step
                trainer.save()
        trainer.weights.parameters["head.bias"][0] = np.nan
        with pytest.raises(DivergedError, match="4 times in a row, last at step 7"):
            next(trainer)


def test_the_very_first_update_can_ruin_a_model_too() -> None:
    with Trainer(VERSE, with_settings()) as trainer:
        while trainer.step < 1:
            next(trainer)
        trainer.weights.parameters["head.bias"][0] = np.nan
        rollback = trainer.check()
        assert rollback is not None
        assert rollback.to_step == 0


def test_a_model_is_looked_at_once_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    with Trainer(VERSE, with_settings(warm_up=0)) as trainer:
        looked: list[int] = []
        look = trainer.layout.look

        def counted(*arguments: Any) -> Any:
            looked.append(trainer.step)
            return look(*arguments)

        monkeypatch.setattr(trainer.layout, "look", counted)
        while trainer.step < 5:
            next(trainer)
        trainer.save()
        assert trainer.check() is trainer.check() is None
        assert looked == [5]
        while trainer.step < 6:
            next(trainer)
        trainer.weights.parameters["head.bias"][0] = np.nan
        assert trainer.check() is not None
        assert trainer.check() is None
        assert looked == [5, 6]


def test_a_ruined_model_is_found_before_it_is_saved_whatever_an_older_validation_said() -> None:
    with Trainer(VERSE, with_settings()) as trainer:
        while trainer.step < 5:
            next(trainer)
        trainer.save()
        trainer.validate()
        while trainer.step < 6:
            next(trainer)
        assert trainer.check() is None
        while trainer.step < 7:
            next(trainer)
        trainer.weights.parameters["head.bias"][0] = np.nan
        rollback = trainer.check()
    assert rollback is not None
    assert rollback.to_step == trainer.step == 5


def test_a_validation_that_was_not_finite_says_enough() -> None:
    with Trainer(VERSE, with_settings()) as trainer:
        stepped(trainer, 5)
        trainer.save()
        stepped(trainer, 6)
        trainer.weights.parameters["head.bias"][0] = np.nan
        trainer.validate()
        rollback = trainer.check()
    assert rollback is not None
    assert rollback.to_step == trainer.step == 5
    assert rollback.reason == "training diverged at step 6 (loss nan)"


def test_a_model_whose_gradients_are_not_finite_is_not_saved_though_its_loss_is() -> None:
    with Trainer(VERSE, with_settings()) as trainer:
        stepped(trainer, 5)
        trainer.save()
        stepped(trainer, 6)
        trainer.layout.exchange.state[:] = 0
        for name, array in trainer.weights.parameters.items():
            array[:] = 1e30 if name == "head.weight" else 0  # outputs of 0, and so the logits
        rollback = trainer.check()
    assert rollback is not None
    assert re.search(r"step 6 \(loss \d\.\d+, gradient norm inf\)", rollback.reason)


def test_what_a_roll_back_undoes_is_time_spent_of_the_budget() -> None:
    with Trainer(VERSE, with_settings(max_seconds=1000, schedule="linear", warm_up=0)) as trainer:
        list(islice(trainer, 8))
        trainer.stopwatch = Stopwatch(400)
        trainer.change({"max_seconds": 700})
        next(event for event in trainer if isinstance(event, Step))
        before, rate = trainer.seconds, trainer.next_step().learning_rate
        trainer.weights.parameters["head.bias"][0] = np.nan
        rollback = next(event for event in trainer if isinstance(event, Rollback))
        assert trainer.seconds >= rollback.seconds >= before > 400
        assert trainer.step == 0
        assert trainer.next_step().learning_rate == pytest.approx(rate / 2, rel=0.01)


@pytest.mark.parametrize(
    ("clip", "other"),
    [(1.0, "a smaller gradient_clip"), (0.0, "gradient_clip 1, as 0 never clips")],
)
def test_a_run_that_keeps_diverging_fails_with_advice(clip: float, other: str) -> None:
    settings = with_settings(learning_rate=1e6, warm_up=0, gradient_clip=clip)
    with (
        Trainer(VERSE, settings) as trainer,
        pytest.raises(
            DivergedError, match=f"diverged 4 times in a row, .*; try a tenth of it, or {other}"
        ),
    ):
        list(trainer)


def test_a_finite_loss_far_above_that_of_guessing_counts_as_diverged() -> None:
    with Trainer(NOISE, with_settings(steps=0)) as trainer:
        stepped(trainer, 2)
        trainer.weights.parameters["head.weight"][:] *= 1e4
        rollback = next(trainer)
        assert isinstance(rollback, Rollback)
        assert "nan" not in rollback.reason
        assert np.abs(trainer.weights.parameters["head.weight"]).max() < 10


def test_with_another_number_of_streams_a_roll_back_remembers_nothing() -> None:
    with Trainer(NOISE, with_settings(steps=0)) as trainer:
        stepped(trainer, 2)
        trainer.change({"batch_size": 2})
        stepped(trainer, 4)
        assert trainer.layout.exchange.state.any()
        trainer.restore()
        assert trainer.step < 4
        assert not trainer.layout.exchange.state.any()


def test_the_furthest_step_that_diverged_is_known_whatever_diverges_before_it() -> None:
    with Trainer(NOISE, with_settings(steps=0, checkpoint_every=10**6)) as trainer:
        for step in (8, 4):
            stepped(trainer, step)
            trainer.weights.parameters["head.bias"][:] = np.nan
            assert isinstance(next(trainer), Rollback)
            assert trainer.step < 4
            assert trainer.position.rolled_back_at == 8


def test_a_fork_that_diverges_at_once_goes_back_to_the_parameters_of_its_parent(
    tmp_path: Path,
) -> None:
    with Trainer(VERSE, QUICK, folder=tmp_path) as trainer:
        list(trainer)
    with Trainer.fork(tmp_path / "last.safetensors", VERSE, QUICK) as fork:
        fork.weights.parameters["head.bias"][0] = np.nan
        next(event for event in fork if isinstance(event, Rollback))
        for name, array in trainer.weights.parameters.items():
            assert np.array_equal(fork.weights.parameters[name], array), name

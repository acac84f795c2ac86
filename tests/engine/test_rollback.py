"""Coming back from a step that diverged: how far, how often, and what is known of it later."""

from pathlib import Path

import numpy as np
import pytest

from engine import Trainer
from engine.errors import DivergedError
from engine.events import Rollback
from tests.engine.test_trainer import QUICK, VERSE, with_settings


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


def test_the_furthest_divergence_is_remembered_by_those_before_it() -> None:
    with Trainer(VERSE, with_settings(warm_up=0)) as trainer:
        while trainer.step < 5:
            next(trainer)
        trainer.save()
        for step in (8, 6):
            while trainer.step < step:
                next(trainer)
            trainer.weights.parameters["head.bias"][0] = np.nan
            assert next(event for event in trainer if isinstance(event, Rollback)).to_step == 5
        assert trainer.position.rolled_back_at == 8


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

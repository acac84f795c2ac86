"""Back to the last good checkpoint: when, from where, and what is remembered of it."""

import numpy as np

from engine import Trainer
from engine.events import Rollback
from tests.engine.test_saving import NOISE, stepped
from tests.engine.test_trainer import with_settings


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

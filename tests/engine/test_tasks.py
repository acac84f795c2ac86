"""What a training step does beside forward and backward: dropout masks, clipping, refusals."""

from itertools import combinations
from typing import Any

import numpy as np
import pytest

from engine import Trainer, tasks
from engine.arrays import Floats
from engine.events import Step
from engine.seeds import MASKS
from engine.tasks import dropout_masks
from tests.engine.test_trainer import VERSE, with_settings

SHAPE = (3, 16, 8, 32)  # layers, T, B, H


@pytest.mark.parametrize("dropout", [0.1, 0.5, 0.95])
def test_dropout_silences_its_part_of_each_layer_and_makes_up_for_it(dropout: float) -> None:
    masks = dropout_masks(dropout, SHAPE, (0, 7), np.dtype(np.float64))
    assert [mask.shape for mask in masks] == [SHAPE[1:]] * 3
    for mask in masks:
        assert np.unique(mask) == pytest.approx([0, 1 / (1 - dropout)], rel=1e-3)
        deviation = (dropout * (1 - dropout) / mask.size) ** 0.5
        assert abs((mask == 0).mean() - dropout) < 4 * deviation


def test_no_two_layers_steps_or_random_seeds_have_the_same_mask() -> None:
    masks = [
        mask
        for seeds in ((0, 7), (0, 8), (1, 7), (7, 0))
        for mask in dropout_masks(0.5, SHAPE, seeds, np.dtype(np.float32))
    ]
    for one, other in combinations(masks, 2):
        assert ((one > 0) == (other > 0)).mean() == pytest.approx(0.5, abs=0.05)


def test_every_step_of_every_epoch_draws_other_masks(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[bytes] = []

    def watched(*arguments: Any) -> list[Floats]:
        masks = dropout_masks(*arguments)
        assert arguments[2][:2] == (settings.random_seed, MASKS)
        drawn.extend(mask.tobytes() for mask in masks)
        return masks

    settings = with_settings(layers=2, dropout=0.3, steps=20, checkpoint_every=10**6)
    monkeypatch.setattr(tasks, "dropout_masks", watched)
    with Trainer(VERSE, settings) as trainer:
        steps = sum(isinstance(event, Step) for event in trainer)
        assert trainer.epoch > 2
    # At the end one more step is looked at, not made: the first one of a run that goes on.
    assert len(set(drawn[: 2 * steps])) == 2 * steps == 40


@pytest.mark.parametrize(
    ("loss", "squares", "sound"),
    [(3.0, 4.0, True), (np.nan, 4.0, False), (3.0, np.inf, False), (3000.0, 4.0, False)],
)
def test_no_step_is_made_with_what_is_not_finite_or_has_exploded(
    loss: float, squares: float, sound: bool
) -> None:
    workspace = Trainer(VERSE, with_settings()).layout.workspace
    workspace.losses[0] = loss * workspace.exchange.inputs.size
    workspace.squares[0] = squares
    figures = workspace.step_figures()
    assert figures.updated == sound
    assert figures.gradient_norm == squares**0.5
    assert figures.loss == pytest.approx(loss, nan_ok=True)


@pytest.mark.parametrize("gradient_clip", [0.0, 0.01, 100.0])
def test_a_step_uses_the_whole_gradient_clipped_by_its_norm(gradient_clip: float) -> None:
    settings = with_settings(ngram_order=3, ngram_size=4, gradient_clip=gradient_clip, beta1=0.5)
    with Trainer(VERSE, settings, dtype=np.float64) as trainer:
        step = next(event for event in trainer if isinstance(event, Step))
        moments = trainer.weights.first_moments.values()
        norm = sum(float((moment**2).sum()) for moment in moments) ** 0.5 / (1 - settings.beta1)
    assert step.gradient_norm is not None
    assert 0.1 < step.gradient_norm < 10
    limit = min(step.gradient_norm, gradient_clip or step.gradient_norm)
    assert norm == pytest.approx(limit, rel=1e-9)

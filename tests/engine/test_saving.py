"""What a run leaves behind to go on from, and where it then goes on."""

from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from safetensors import safe_open

import corpora
from engine import Hyperparameters, Trainer, evaluate, load_checkpoint
from engine.errors import CheckpointError
from engine.events import CheckpointSaved, Validation
from engine.saving import Snapshot
from tests.engine.test_trainer import with_settings

# Hardly anything can be learnt of it, save by heart: the validation loss soon gets worse.
LETTERS = np.random.default_rng(0).choice([*"abcdef"], 2000, p=[0.3, 0.3, 0.1, 0.1, 0.1, 0.1])
NOISE = "".join(LETTERS)
STEPS = 40


def validated(settings: Hyperparameters, folder: Path) -> tuple[list[Validation], list[int]]:
    """The validations of a whole run, and the steps of its checkpoints."""
    with Trainer(NOISE, settings, folder=folder) as trainer:
        events = list(trainer)
    saved = [event.step for event in events if isinstance(event, CheckpointSaved)]
    return [event for event in events if isinstance(event, Validation)], saved


@pytest.mark.parametrize("checkpoint_every", [7, 10**6])
def test_the_best_checkpoint_is_the_best_validation_wherever_checkpoints_fall(
    checkpoint_every: int, tmp_path: Path
) -> None:
    settings = with_settings(
        steps=STEPS,
        schedule="constant",
        learning_rate=0.03,
        validate_every=5,
        checkpoint_every=checkpoint_every,
    )
    validations, saved = validated(settings, tmp_path)
    best = min(validations, key=lambda event: event.loss or 0.0)
    assert best.step not in {validations[0].step, validations[-1].step}
    assert best.step % checkpoint_every
    checkpoint = load_checkpoint(tmp_path / "best.safetensors")
    _, held_out = corpora.from_text(NOISE).split(settings.validation_fraction)
    assert checkpoint.step == best.step
    assert evaluate(checkpoint.model, held_out) == pytest.approx(best.loss)
    assert set(saved) == {
        *(event.step for event in validations if event.best),
        *range(0, STEPS, checkpoint_every),
        STEPS,
    }


@pytest.mark.parametrize("validation_fraction", [0, 0.1])
def test_between_any_two_steps_there_is_a_moment_in_which_nothing_is_due(
    validation_fraction: float,
) -> None:
    settings = with_settings(
        steps=STEPS,
        learning_rate=0.03,
        validation_fraction=validation_fraction,
        validate_every=1,
        checkpoint_every=10**6,
        sample_every=10**6,
    )
    with Trainer(NOISE, settings) as trainer:
        events = [(event, trainer.busy) for event in trainer]
    worse = [event for event, _ in events if isinstance(event, Validation) and not event.best]
    assert worse or not validation_fraction
    assert {event.step for event, busy in events if not busy} == set(range(STEPS + 1))


def test_a_checkpoint_after_each_validation_is_enough(tmp_path: Path) -> None:
    validations, saved = validated(with_settings(steps=20, validate_every=5), tmp_path)
    assert any(event.best for event in validations)
    assert saved == [0, 5, 10, 15, 20, 20]  # the last one is that of the end


def test_a_resumed_run_does_not_take_a_model_for_the_best_before_it_was_measured(
    tmp_path: Path,
) -> None:
    settings = with_settings(steps=20, validate_every=5, checkpoint_every=2)
    with Trainer(NOISE, settings, folder=tmp_path) as trainer:
        while not trainer.position.is_best:
            next(trainer)
        trainer.save()
        resumed = Trainer.resume(tmp_path / "last.safetensors", NOISE, folder=tmp_path)
        for either in (trainer, resumed):
            assert either.step == 5
            saved = next(event for event in either if isinstance(event, CheckpointSaved))
            assert (saved.step, saved.kind) == (6, "step")
            assert load_checkpoint(tmp_path / "best.safetensors").step == 5


def test_what_a_checkpoint_says_of_itself_is_strict_json_also_before_the_first_validation(
    tmp_path: Path,
) -> None:
    with Trainer(NOISE, with_settings(validate_every=100), folder=tmp_path) as trainer:
        while trainer.step < 3:
            next(trainer)
        trainer.save()
    with safe_open(tmp_path / "last.safetensors", framework="numpy") as file:
        said = file.metadata()
    known = {name: msgspec.json.decode(words) for name, words in said.items()}  # no Infinity
    assert known["step"] == known["progress"]["step"] == known["progress"]["adam_step"] == 3


def test_without_a_validation_the_newest_checkpoint_counts_as_the_best(tmp_path: Path) -> None:
    settings = with_settings(steps=3, validation_fraction=0, checkpoint_every=1)
    with Trainer(NOISE, settings, folder=tmp_path) as trainer:
        for event in trainer:
            if isinstance(event, CheckpointSaved):
                assert load_checkpoint(tmp_path / "best.safetensors").step == event.step


def test_neither_saving_nor_measuring_nor_writing_changes_a_bit_of_what_is_learnt() -> None:
    ends = []
    for often in ((3, 4, 5), (10**6,) * 3):
        names = ("checkpoint_every", "validate_every", "sample_every")
        intervals = dict(zip(names, often, strict=True))
        settings = with_settings(cell="lstm", dropout=0.2, ngram_order=3, steps=14, **intervals)
        with Trainer(NOISE, settings) as trainer:
            kinds = [type(event) for event in trainer]
            ends.append({name: a.copy() for name, a in trainer.weights.parameters.items()})
        assert kinds.count(Validation) == (4 if often[0] == 3 else 1)
    assert all(np.array_equal(ends[0][name], ends[1][name]) for name in ends[0])


@pytest.mark.parametrize("change", [{"sequence_length": 16}, {"dropout": 0.2}], ids=str)
def test_other_batches_of_as_many_streams_remember_what_these_have_read(
    change: dict[str, float],
) -> None:
    with Trainer(NOISE, with_settings(cell="lstm")) as trainer:
        while trainer.step < 3:
            next(trainer)
        before = trainer.layout.exchange
        trainer.change(change)
        next(trainer)
        after, position = trainer.layout.exchange, trainer.position
        assert after is not before
        assert position.character == 3 * 64
        assert before.cell_state.any()
        assert np.array_equal(after.state, before.state)
        assert np.array_equal(after.cell_state, before.cell_state)


@pytest.mark.parametrize("batch_size", [1, 3, 16])
def test_with_another_number_of_streams_a_run_goes_on_at_the_same_place_of_the_text(
    batch_size: int, tmp_path: Path
) -> None:
    settings = with_settings(steps=0, sequence_length=16)
    with Trainer(NOISE, settings, folder=tmp_path) as trainer:
        while trainer.step < 24 + 20:  # of the second epoch
            next(trainer)
        trainer.save()
        epoch = trainer.epoch
        trainer.change({"batch_size": batch_size})
        next(trainer)
        changed = trainer.layout.batches
        next(trainer)
        trainer.restore()
        assert not trainer.layout.exchange.state.any()  # of other streams
        rolled_back = trainer.epoch
    others = msgspec.structs.replace(settings, batch_size=batch_size)
    with Trainer.resume(tmp_path / "last.safetensors", NOISE, hyperparameters=others) as resumed:
        assert resumed.epoch == rolled_back
        assert resumed.layout.batches.batch_size == changed.batch_size == batch_size
    assert epoch % 1 > 0.5
    assert rolled_back == pytest.approx(epoch, abs=1 / changed.stream_length)


def stepped(trainer: Trainer, steps: int) -> None:
    while trainer.step < steps or trainer.busy:
        next(trainer)


@pytest.mark.parametrize("change", [{"sequence_length": 8}, {"dropout": 0.1}])
def test_what_is_remembered_outlives_a_change_to_other_buffers(change: dict[str, object]) -> None:
    with Trainer(NOISE, with_settings(steps=0, cell="lstm")) as trainer:
        stepped(trainer, 3)
        before = trainer.layout.exchange
        place = trainer.position.character
        trainer.change(change)
        next(trainer)
        after = trainer.layout.exchange
        assert after is not before
        assert trainer.position.character == place
        for name in ("state", "cell_state"):
            assert getattr(before, name).any()
            np.testing.assert_array_equal(getattr(after, name), getattr(before, name))


def test_a_batch_as_long_as_the_text_has_room_wherever_the_epoch_began() -> None:
    settings = with_settings(steps=0)
    training, _ = corpora.from_text(NOISE).split(settings.validation_fraction)
    with Trainer(NOISE, settings) as trainer:
        while trainer.position.offset < settings.batch_size:
            stepped(trainer, trainer.step + 1)
        trainer.change({"sequence_length": (len(training) - 1) // settings.batch_size})
        stepped(trainer, trainer.step + 2)
        assert trainer.epoch == pytest.approx(round(trainer.epoch))


def test_where_nothing_is_measured_the_newest_checkpoint_counts_as_the_best(
    tmp_path: Path,
) -> None:
    settings = with_settings(steps=6, checkpoint_every=3, validation_fraction=0)
    with Trainer(NOISE, settings, folder=tmp_path) as trainer:
        kinds = [event.kind for event in trainer if isinstance(event, CheckpointSaved)]
    assert kinds == ["best", "best", "best", "last"]
    assert load_checkpoint(tmp_path / "best.safetensors").step == 6


def test_a_model_without_all_of_its_training_is_nothing_to_go_on_with(tmp_path: Path) -> None:
    with Trainer(NOISE, with_settings(steps=1), folder=tmp_path) as trainer:
        list(trainer)
    whole = load_checkpoint(tmp_path / "last.safetensors")
    for part in (replace(whole, first_moments={}), replace(whole, state={})):
        with pytest.raises(CheckpointError, match="not the state of its training; fork it"):
            Snapshot.from_checkpoint(part)

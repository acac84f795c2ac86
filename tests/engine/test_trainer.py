import hashlib
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

import corpora
from engine import Hyperparameters, Trainer, choose_processes, evaluate, machine
from engine.errors import (
    CheckpointError,
    HyperparameterError,
    ReportedError,
    UsageError,
)
from engine.events import (
    CheckpointSaved,
    HyperparametersChanged,
    Sample,
    Step,
    Validation,
    Warned,
    decode,
    encode,
)
from engine.machine import Split
from engine.position import Position

VERSE = (
    "The ship put out before the sun was high,\n"
    "The gulls went with her till the land was gone,\n"
    "And those who watched her to the rim of sky\n"
    "Stood on the quay an hour, and then went on.\n"
    "No letter came."
) * 12
QUICK = Hyperparameters(hidden_size=32, layers=1, epochs=0, steps=20, batch_size=4, warm_up=5)


def with_settings(**settings: object) -> Hyperparameters:
    return Hyperparameters.from_mapping(settings, QUICK)


def digest(trainer: Trainer) -> str:
    state = hashlib.sha256()
    for group in (trainer.weights.parameters, trainer.weights.second_moments):
        for array in group.values():
            state.update(array.tobytes())
    return state.hexdigest()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (Hyperparameters(hidden_size=0), "hidden_size is 0, but it must be a whole number"),
        (Hyperparameters(cell="GRU"), "cell is 'GRU', but it must be one of gru"),  # type: ignore[arg-type]
        (Hyperparameters(learning_rate=-1.0), "learning_rate is -1.0, but it must be"),
    ],
)
def test_settings_that_nobody_has_checked_are_refused_by_name(
    settings: Hyperparameters, words: str
) -> None:
    with pytest.raises(HyperparameterError, match=words):
        Trainer(VERSE, settings)


# Pinned on x86 with AVX2 or AVX-512 in float64; a change here is a change of the numbers.
FIRST_TEN_LOSSES: dict[str, list[float]] = {
    "gru": [
        3.396031180578,
        3.391575245637,
        3.368640692541,
        3.322053498851,
        3.291135094584,
        3.258341488275,
        3.214605398343,
        3.200097599929,
        3.192814041016,
        3.1864918697,
    ],
    "cifg": [
        3.397876155548,
        3.392043952882,
        3.384711191558,
        3.362204155036,
        3.345660051094,
        3.333738748165,
        3.312479585298,
        3.308204085939,
        3.298272356588,
        3.297256435972,
    ],
    "lstm": [
        3.39347545636,
        3.387908627928,
        3.364884483649,
        3.325803570562,
        3.304907377326,
        3.277362222187,
        3.253645922388,
        3.241274152674,
        3.225787507742,
        3.214269395024,
    ],
}


@pytest.mark.parametrize("cell", FIRST_TEN_LOSSES)
def test_the_first_ten_losses_are_pinned(cell: str) -> None:
    settings = with_settings(cell=cell, steps=10, sample_length=1)
    with Trainer(VERSE, settings, dtype=np.float64) as trainer:
        losses = [event.loss or 0.0 for event in trainer if isinstance(event, Step)]
    np.testing.assert_allclose(losses, FIRST_TEN_LOSSES[cell], rtol=1e-9)


@pytest.mark.parametrize("cell", ["gru", "cifg", "lstm"])
def test_two_hundred_characters_are_learnt_by_heart(cell: str) -> None:
    settings = with_settings(
        cell=cell,
        hidden_size=64,
        steps=1500,
        learning_rate=0.01,
        weight_decay=0,
        validation_fraction=0,
        batch_size=1,
        warm_up=100,
        sample_every=10**6,
    )
    with Trainer(VERSE[:200], settings) as trainer:
        list(trainer)
        assert evaluate(trainer.model, trainer.corpus.ids) < 0.05


def test_markov_is_learnt_to_within_two_percent_of_its_entropy_rate() -> None:
    corpus = corpora.load("markov-1")
    assert corpus.entropy_rate is not None
    settings = Hyperparameters(
        hidden_size=64, layers=1, epochs=0, steps=400, learning_rate=0.01, weight_decay=0
    )
    with Trainer(corpus, settings) as trainer:
        list(trainer)
        reached = trainer.position.best_validation_loss
    assert 0.98 < reached / corpus.entropy_rate < 1.02


def test_a_library_user_needs_no_directory_and_no_process() -> None:
    events = list(Trainer(VERSE, QUICK))
    kinds = {type(event) for event in events}
    assert {Step, Sample, Validation, CheckpointSaved} <= kinds
    assert [event.step for event in events] == sorted(event.step for event in events)
    assert isinstance(events[-1], CheckpointSaved)
    assert events[-1].kind == "last"
    steps = [event for event in events if isinstance(event, Step)]
    assert len(steps) == 20
    assert steps[-1].loss is not None
    assert steps[0].loss is not None
    assert steps[-1].loss < steps[0].loss


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("input_norm", [False, True], ids=["plain", "norm"])
@pytest.mark.parametrize("cell", ["gru", "cifg", "lstm"])
def test_resuming_continues_bit_for_bit(
    cell: str, input_norm: bool, processes: int, tmp_path: Path
) -> None:
    settings = with_settings(
        cell=cell,
        layers=2,
        dropout=0.1,
        steps=30,
        validate_every=5,  # no checkpoint falls on the end of an epoch, where all is forgotten
        embedding_size=5,
        input_norm=input_norm,
        ngram_order=3,
        ngram_size=4,
    )
    folders = tmp_path / "whole", tmp_path / "broken"
    for folder in folders:
        folder.mkdir()
    with Trainer(VERSE, settings, processes=processes, folder=folders[0]) as whole:
        list(whole)
    with Trainer(VERSE, settings, processes=processes, folder=folders[1]) as broken:
        while broken.step < 19:
            next(broken)
    last = folders[1] / "last.safetensors"
    with Trainer.resume(last, VERSE, processes=processes, folder=folders[1]) as resumed:
        assert resumed.step == 15
        assert 0 < resumed.epoch % 1 < 1
        assert resumed.layout.exchange.state.any()
        list(resumed)
    assert digest(resumed) == digest(whole)
    assert resumed.position.best_validation_loss == whole.position.best_validation_loss


def test_changes_take_effect_at_once_or_at_the_epoch() -> None:
    with Trainer(VERSE, with_settings(steps=0)) as trainer:
        list(islice(trainer, 3))
        trainer.change({"learning_rate": 0.001, "batch_size": 2}, by="me", command="c1")
        trainer.change({"dropout": "0.25"}, when="epoch")
        changes = []
        while trainer.epoch < 2.2:
            event = next(trainer)
            if isinstance(event, HyperparametersChanged):
                changes.append(event)
        now, later = changes
        assert now.changed == {"learning_rate": [0.006, 0.001], "batch_size": [4, 2]}
        assert (now.by, now.command) == ("me", "c1")
        assert later.changed == {"dropout": [0.0, 0.25]}
        assert later.epoch == pytest.approx(round(later.epoch))
        assert trainer.layout.batches.batch_size == 2


def test_every_live_hyperparameter_can_change_in_a_running_run() -> None:
    changes = {
        "schedule": "linear",
        "warm_up": 3,
        "final_learning_rate": 0.1,
        "sequence_length": 16,
        "weight_decay": 0.01,
        "loss_temperature": 0.9,
        "gradient_clip": 0.5,
        "beta1": 0.8,
        "beta2": 0.95,
        "nesterov": True,
        "epochs": 3,
        "validate_every": 5,
        "checkpoint_every": 6,
        "sample_every": 4,
        "sample_length": 11,
        "sample_temperature": 0,
        "dropout": 0.2,
    }
    with Trainer(VERSE, with_settings(steps=0)) as trainer:
        list(islice(trainer, 4))
        trainer.change(changes)
        events = list(trainer)
        assert trainer.epoch >= 3
        for name, value in changes.items():
            assert getattr(trainer.hyperparameters, name) == value
        assert {len(event.text) for event in events if isinstance(event, Sample)} == {11}


def test_architecture_cannot_change() -> None:
    trainer = Trainer(VERSE, QUICK)
    with pytest.raises(HyperparameterError, match="layers is fixed"):
        trainer.change({"layers": 2})


def test_more_epochs_go_on_beyond_the_original_end() -> None:
    with Trainer(VERSE, with_settings(steps=0, epochs=1)) as trainer:
        list(trainer)
        assert trainer.epoch == 1
        trainer.change({"epochs": 2})
        list(trainer)
        assert trainer.epoch == 2


@pytest.mark.parametrize("text", ["ab", "abc" * 3, "no" * 40])
def test_a_text_shorter_than_a_batch_shrinks_the_batch_with_a_warning(text: str) -> None:
    events = list(Trainer(text, with_settings(batch_size=32, validation_fraction=0, steps=3)))
    assert any(isinstance(event, Warned) and "short" in event.message for event in events)
    assert sum(isinstance(event, Step) for event in events) == 3


def test_a_change_to_a_batch_that_the_text_is_too_short_for_says_what_it_became() -> None:
    with Trainer(VERSE, with_settings()) as trainer:
        assert not [event for event in trainer if isinstance(event, Warned)]
        trainer.change({"batch_size": 4096, "steps": trainer.step + 1})
        (warning,) = (event for event in trainer if isinstance(event, Warned))
        assert f"batch size {trainer.layout.batches.batch_size} " in warning.message
        assert "instead of 4096" in warning.message


def test_an_epoch_ends_with_the_last_batch_that_fits() -> None:
    settings = with_settings(batch_size=1, sequence_length=8, validation_fraction=0)
    for characters, steps in ((24, 2), (25, 3), (32, 3), (33, 4)):
        layout, position = Trainer(VERSE[:characters], settings).layout, Position()
        layout.batches.cut(0)
        ends = [layout.advance(position) for _ in range(steps)]
        assert ends == [False] * (steps - 1) + [True]


def test_a_batch_of_one_stream_works() -> None:
    events = list(Trainer(VERSE, with_settings(batch_size=1)))
    assert sum(isinstance(event, Step) for event in events) == 20


def test_nothing_left_for_training_is_said() -> None:
    with pytest.raises(ReportedError, match="too short to learn from"):
        Trainer("ab", with_settings(validation_fraction=0.5))


def test_the_time_budget_ends_the_run_and_the_schedule() -> None:
    settings = with_settings(steps=0, max_seconds=1.5, sample_every=10**6)
    with Trainer(VERSE, settings) as trainer:
        steps = [event for event in trainer if isinstance(event, Step)]
        assert steps[-1].learning_rate < 0.02 * settings.learning_rate
        assert steps[-1].seconds < 1.5


def test_another_text_or_architecture_does_not_resume(tmp_path: Path) -> None:
    with Trainer(VERSE, QUICK, folder=tmp_path) as trainer:
        list(trainer)
    last = tmp_path / "last.safetensors"
    with pytest.raises(CheckpointError, match="give the text that it was trained on"):
        Trainer.resume(last, "something else entirely " * 9)
    with pytest.raises(CheckpointError, match="another architecture"):
        Trainer.resume(last, VERSE, hyperparameters=with_settings(hidden_size=16))
    with pytest.raises(CheckpointError, match="another architecture"):
        Trainer.resume(last, VERSE, hyperparameters=with_settings(input_norm=True))


def test_a_fork_begins_with_the_parameters_and_its_own_counters(tmp_path: Path) -> None:
    with Trainer(VERSE, QUICK, folder=tmp_path) as trainer:
        list(trainer)
    last = tmp_path / "last.safetensors"
    with Trainer.fork(last, VERSE, with_settings(learning_rate=0.001)) as fork:
        assert fork.step == 0
        assert digest(fork) != digest(trainer)
        first = next(event for event in fork if isinstance(event, Step))
    assert first.loss is not None
    assert trainer.position.loss is not None
    assert first.loss == pytest.approx(trainer.position.loss, abs=0.3)


def test_a_machine_shares_a_large_model_and_not_a_small_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(machine, "cores", lambda: 4)
    monkeypatch.setattr(machine, "sharding_is_safe", lambda: True)
    assert choose_processes(Hyperparameters(hidden_size=32)) == 1
    assert choose_processes(Hyperparameters(batch_size=1, hidden_size=100)) == 1
    assert choose_processes(Hyperparameters(processes=3)) == 3
    assert choose_processes(Hyperparameters(hidden_size=512)) == 4
    monkeypatch.setattr(machine, "sharding_is_safe", lambda: False)
    assert choose_processes(Hyperparameters(hidden_size=512)) == 1


def test_no_processes_are_as_many_as_the_hyperparameters_say_and_fewer_are_refused() -> None:
    with Trainer(VERSE, with_settings(processes=2)) as trainer:
        assert trainer.layout.processes == 2
    with Trainer(VERSE, with_settings(processes=2), processes=0) as trainer:
        assert trainer.layout.processes == 2
        next(event for event in trainer if isinstance(event, Step))
    with pytest.raises(UsageError, match="processes is -1"):
        Trainer(VERSE, QUICK, processes=-1)


def test_blas_has_the_threads_that_were_asked_for_until_the_trainer_is_closed(
    tmp_path: Path,
) -> None:
    with threadpool_limits(3, user_api="blas"):
        with Trainer(VERSE, with_settings(blas_threads=2), folder=tmp_path) as trainer:
            next(event for event in trainer if isinstance(event, CheckpointSaved))
            trainer.change({"batch_size": 2})
            next(event for event in trainer if isinstance(event, Step))
            assert blas_threads() == 2
        assert blas_threads() == 3
        with Trainer(VERSE, QUICK):
            assert blas_threads() == 3
        with Trainer.resume(tmp_path / "last.safetensors", VERSE, processes=Split(1, 1)):
            assert blas_threads() == 1
        for begin in (
            Trainer.resume,
            partial(Trainer.fork, hyperparameters=trainer.hyperparameters),
        ):
            with pytest.raises(CheckpointError):
                begin(tmp_path / "last.safetensors", VERSE + "?!")
            assert blas_threads() == 3


def blas_threads() -> int:
    (count,) = {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"}
    return int(count)


def test_events_of_a_loss_beyond_all_perplexities_are_the_same_in_memory_and_in_the_file() -> None:
    settings = with_settings(warm_up=0, validate_every=1, learning_rate=3000.0)
    with Trainer(VERSE, settings) as trainer:
        validation = next(event for event in trainer if isinstance(event, Validation))
    assert validation.loss is not None
    assert validation.loss > 709
    assert decode(encode(validation)) == validation


def test_a_run_that_no_longer_improves_ends_by_itself() -> None:
    settings = with_settings(steps=0, learning_rate=0.3, validate_every=5, patience=3)
    with Trainer(VERSE, settings) as trainer:
        losses = [event.loss for event in trainer if isinstance(event, Validation)]
    assert losses.index(min(losses)) == len(losses) - 1 - 3  # type: ignore[type-var]

"""Presets fitted to texts and machines."""

from dataclasses import replace

import hypothesis.strategies as st
import pytest
from hypothesis import given

from engine.hyperparameters import Hyperparameters
from gru_tui.adapting import (
    HIGHEST_RATE,
    INSTEAD_OF_NGRAMS,
    LEAST_PER_WEIGHT,
    MOST_IN_GROWN,
    MOST_WEIGHTS,
    SIZES,
    Circumstances,
    fitted,
    weights,
)
from gru_tui.presets import PRESETS

THREE_MINUTES = PRESETS["three-minutes"]
USUAL = Circumstances(characters=1_000_000, vocabulary=65, speed=33_000)
TIMED = [name for name, values in PRESETS.items() if values.get("max_seconds")]


@pytest.mark.parametrize("name", sorted(set(PRESETS) - set(TIMED)))
def test_a_preset_without_a_time_is_what_it_says_everywhere(name: str) -> None:
    tiny_text = Circumstances(characters=500, vocabulary=3000, speed=100)
    assert fitted(PRESETS[name], tiny_text) == (PRESETS[name], ())


@pytest.mark.parametrize("speed", [33_000, 70_000])
def test_a_text_and_a_machine_like_the_ones_it_was_made_for_change_nothing(speed: float) -> None:
    here = Circumstances(USUAL.characters, USUAL.vocabulary, speed)
    assert fitted(THREE_MINUTES, here) == (THREE_MINUTES, ())


def test_a_slow_machine_gets_a_smaller_model_with_larger_steps() -> None:
    slow = Circumstances(USUAL.characters, USUAL.vocabulary, speed=8_000)
    values, (reason,) = fitted(THREE_MINUTES, slow)
    settings = Hyperparameters.from_mapping(values)
    usual = Hyperparameters.from_mapping(THREE_MINUTES)
    assert settings.hidden_size < usual.hidden_size
    assert settings.learning_rate > usual.learning_rate
    assert reason.startswith(f"hidden_size {settings.hidden_size}: this machine")
    slowest = fitted(THREE_MINUTES, Circumstances(USUAL.characters, USUAL.vocabulary, speed=500))
    assert slowest[0]["learning_rate"] == HIGHEST_RATE


def test_a_short_text_gets_a_smaller_model_with_dropout() -> None:
    short = Circumstances(characters=100_000, vocabulary=65, speed=33_000)
    values, reasons = fitted(THREE_MINUTES, short)
    settings = Hyperparameters.from_mapping(values)
    assert weights(settings, 65) <= MOST_WEIGHTS * 100_000
    assert settings.dropout > 0
    assert any("by heart" in reason for reason in reasons)
    assert any(reason.startswith("dropout") for reason in reasons)


def test_a_text_that_is_read_often_is_not_learnt_by_heart_from_tables_of_n_grams() -> None:
    one_minute = PRESETS["one-minute"]
    values, reasons = fitted(one_minute, Circumstances(100_000, 65, 33_000))
    assert (values["ngram_order"], values["input_norm"]) == (1, True)
    assert Hyperparameters.from_mapping(values).weight_decay >= 0.2
    assert [reason for reason in reasons if reason.startswith("weight_decay 0")]
    ten_times, _ = fitted(one_minute, Circumstances(450_000, 65, 33_000))
    assert (ten_times["ngram_order"], ten_times["weight_decay"]) == (1, INSTEAD_OF_NGRAMS)
    assert fitted(one_minute, USUAL)[0]["ngram_order"] == one_minute["ngram_order"]


def test_what_takes_the_place_of_n_grams_is_held_back_though_the_text_is_read_a_few_times() -> None:
    values, reasons = fitted(PRESETS["one-minute"], Circumstances(450_000, 65, 33_000))
    assert values["ngram_order"] == 1
    assert values["weight_decay"] == INSTEAD_OF_NGRAMS > Hyperparameters().weight_decay
    assert "dropout" not in {reason.split()[0] for reason in reasons}  # it is not read so often


def test_a_preset_that_is_made_for_many_epochs_keeps_its_weight_decay() -> None:
    values, _ = fitted(PRESETS["overnight"], USUAL)
    assert values["weight_decay"] == PRESETS["overnight"]["weight_decay"]


def test_a_bound_in_epochs_and_a_speed_that_nobody_knows_count() -> None:
    short = Circumstances(100_000, 65, 33_000)
    bounded = {**PRESETS["one-minute"], "epochs": 6}
    for values, here in ((bounded, short), (PRESETS["one-minute"], replace(short, speed=None))):
        found, reasons = fitted(values, here)
        assert (found["ngram_order"], found.get("dropout", 0.0)) == (3, 0.0)
        assert not [reason for reason in reasons if "epochs" in reason or "times" in reason]


def test_a_very_short_text_gets_fewer_streams() -> None:
    values, reasons = fitted(THREE_MINUTES, Circumstances(5000, 40, 33_000))
    settings = Hyperparameters.from_mapping(values)
    assert settings.batch_size * settings.sequence_length * 20 <= 5000
    assert reasons[0].startswith(f"batch_size {settings.batch_size}")


@pytest.mark.parametrize("name", TIMED)
def test_a_text_that_is_read_once_leaves_no_model_too_sure_of_itself(name: str) -> None:
    long = Circumstances(10**8, USUAL.vocabulary, USUAL.speed)
    values, reasons = fitted(PRESETS[name], long)
    assert values["loss_temperature"] == 1
    assert any(reason.startswith("loss_temperature 1: the text is read") for reason in reasons)
    usual, _ = fitted(PRESETS[name], USUAL)
    assert usual["loss_temperature"] == PRESETS[name]["loss_temperature"]


def test_many_different_characters_lose_the_rare_ones() -> None:
    values, reasons = fitted(THREE_MINUTES, Circumstances(10**7, 4000, 33_000))
    assert values["min_count"] == 3
    assert "4,000 different characters" in reasons[0]


def test_a_fast_machine_makes_a_model_grow_only_where_the_text_is_long_enough() -> None:
    overnight = PRESETS["overnight"]
    fast = Circumstances(USUAL.characters, USUAL.vocabulary, speed=1e6)
    assert fitted(overnight, fast)[0]["hidden_size"] == overnight["hidden_size"]
    long = Circumstances(5 * USUAL.characters, USUAL.vocabulary, speed=1e6)
    values, reasons = fitted(overnight, long)
    settings = Hyperparameters.from_mapping(values)
    assert settings.hidden_size > Hyperparameters.from_mapping(overnight).hidden_size
    assert weights(settings, 65) <= MOST_IN_GROWN * long.characters
    assert "enough for more" in reasons[0]


def test_without_a_known_speed_no_model_grows() -> None:
    values, _ = fitted(THREE_MINUTES, Circumstances(10**9, 65, None))
    assert values == THREE_MINUTES


@given(
    st.sampled_from(TIMED),
    st.integers(2, 10**10),
    st.integers(2, 10**5),
    st.one_of(st.none(), st.floats(1, 1e8)),
)
def test_every_fit_is_valid_and_explained(
    name: str, characters: int, vocabulary: int, speed: float | None
) -> None:
    preset = PRESETS[name]
    values, reasons = fitted(preset, Circumstances(characters, vocabulary, speed))
    settings = Hyperparameters.from_mapping(values)
    asked = Hyperparameters.from_mapping(preset)
    changed = {key for key, value in settings.to_mapping().items() if value != getattr(asked, key)}
    assert changed - {"learning_rate"} == {reason.split()[0] for reason in reasons}
    assert settings.hidden_size in {*SIZES, asked.hidden_size}
    if speed is not None and settings.hidden_size > SIZES[0]:
        reference = weights(Hyperparameters(), vocabulary)
        trained = speed * reference / weights(settings, vocabulary) * settings.max_seconds
        assert trained >= LEAST_PER_WEIGHT * weights(settings, vocabulary)

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import HyperparameterError
from engine.hyperparameters import FIELDS, LIVE, Hyperparameters, field, live_changes


@pytest.mark.parametrize("known", FIELDS, ids=lambda known: known.name)
def test_every_default_is_within_its_own_bounds(known: object) -> None:
    name = known.name  # type: ignore[attr-defined]
    assert field(name).parse(field(name).default) == field(name).default
    assert field(name).parse(str(field(name).default)) == field(name).default


NUMBERS = [known for known in FIELDS if known.kind in (int, float)]


@pytest.mark.parametrize("known", NUMBERS, ids=lambda known: known.name)
@pytest.mark.parametrize("value", ["nan", math.nan, "inf", -math.inf, "two", "", None, [], True])
def test_what_is_no_number_is_refused_by_name(known: object, value: object) -> None:
    name = known.name  # type: ignore[attr-defined]
    with pytest.raises(HyperparameterError, match=f"^{name} is .*but it must be") as caught:
        Hyperparameters.from_mapping({name: value})
    assert caught.value.exit_status == 2


@pytest.mark.parametrize("known", NUMBERS, ids=lambda known: known.name)
def test_numbers_just_out_of_bounds_are_refused(known: object) -> None:
    name = known.name  # type: ignore[attr-defined]
    bounds = field(name)
    too_small = bounds.above if bounds.above is not None else (bounds.least or 0) - 1
    for value in (too_small, (bounds.most or 0) * 2 + 1):
        with pytest.raises(HyperparameterError):
            bounds.parse(value)


def test_an_unknown_name_brings_the_nearest_one() -> None:
    with pytest.raises(HyperparameterError, match="did you mean learning_rate"):
        field("learning-rat")


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("clip", "gradient_clip"),
        ("seed", "random_seed"),
        ("rate", "learning_rate"),
        ("lr", "learning_rate"),
    ],
)
def test_a_part_of_a_name_or_its_initials_bring_the_whole(part: str, whole: str) -> None:
    with pytest.raises(HyperparameterError, match=f"did you mean {whole}"):
        field(part)


@pytest.mark.parametrize("name", ["foo", "bar", "momentum"])
def test_a_name_that_is_like_no_other_brings_them_all(name: str) -> None:
    with pytest.raises(HyperparameterError, match="known are ") as caught:
        field(name)
    assert "did you mean" not in str(caught.value)


def test_dashes_count_as_underscores() -> None:
    assert Hyperparameters.from_mapping({"batch-size": "1e1"}).batch_size == 10


def test_a_choice_out_of_the_list_names_the_list() -> None:
    with pytest.raises(HyperparameterError, match="one of gru, cifg, lstm"):
        Hyperparameters.from_mapping({"cell": "rnn"})


def test_a_fraction_is_no_whole_number() -> None:
    with pytest.raises(HyperparameterError, match="whole number"):
        Hyperparameters.from_mapping({"layers": 2.5})


def test_architecture_is_fixed_in_a_running_run() -> None:
    assert not {"cell", "layers", "hidden_size", "embedding_size"} & LIVE
    with pytest.raises(HyperparameterError, match="hidden_size is fixed.*begin a new run"):
        live_changes({"hidden_size": 64})  # a fork has its parent's parameters
    with pytest.raises(HyperparameterError, match="validation_fraction is fixed.*fork"):
        live_changes({"validation_fraction": 0.2})
    assert live_changes({"learning-rate": "0.5"}) == {"learning_rate": 0.5}


@given(st.sampled_from([f.name for f in FIELDS]), st.text() | st.floats() | st.integers())
def test_any_value_is_taken_or_refused_with_one_sentence(name: str, value: object) -> None:
    try:
        hyperparameters = Hyperparameters.from_mapping({name: value})
    except HyperparameterError as error:
        assert error.name == name  # noqa: PT017
        assert len(str(error).splitlines()) == 1  # noqa: PT017
    else:
        assert Hyperparameters.from_mapping(hyperparameters.to_mapping()) == hyperparameters

"""What may be typed into the fields of the Generate screen."""

import pytest

from engine.sampling import HOTTEST as HOTTEST_OF_THE_ENGINE
from gru_tui.generation.fields import (
    FIELDS,
    HOTTEST,
    GenerationField,
    temperature_in_words,
)

BY_NAME = {field.name: field for field in FIELDS}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("temperature", "0", 0),
        ("temperature", " 0.8 ", 0.8),
        ("temperature", "0,8", 0.8),
        ("temperature", "1e-3", 0.001),
        ("top_k", "40", 40),
        ("top_p", "0.95", 0.95),
        ("top_p", "1", 1),
        ("length", "1,000", 1000),
        ("random_seed", "", None),
        ("random_seed", "0", 0),
        ("random_seed", "4294967295", 4294967295),
    ],
)
def test_a_good_value_is_taken(name: str, text: str, value: float | None) -> None:
    assert BY_NAME[name].parse(text) == value
    assert BY_NAME[name].fault(text) == ""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *(("temperature", text) for text in ("", "-1", "nan", "inf", "1e300", "hot", "101")),
        *(("top_k", text) for text in ("", "-1", "1.5", "9999999999999", "٣٣٣٣٣٣٣٣", "nan")),
        *(("top_p", text) for text in ("", "0", "-0.1", "1.01", "nan", "x")),
        *(("length", text) for text in ("", "0", "-5", "100001", "1e9", "many")),
        *(("random_seed", text) for text in ("-1", "4294967296", "x", "1.5", "9" * 5000)),
    ],
)
def test_a_bad_value_gets_a_sentence(name: str, text: str) -> None:
    assert BY_NAME[name].fault(text)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: str(field.name))
def test_every_default_is_good_and_has_a_hint(field: GenerationField) -> None:
    assert field.fault(field.default) == ""
    assert field.hint(field.parse(field.default))


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("top_k", "0", "all characters"),
        ("top_k", "1,000", "the 1,000 likeliest"),
        ("top_p", "1", "all characters"),
        ("top_p", "0.95", "the likeliest 95 %"),
        ("random_seed", "", "a new one each time"),
        ("random_seed", "0", "repeatable"),
    ],
)
def test_a_hint_says_what_a_value_means(name: str, text: str, words: str) -> None:
    assert BY_NAME[name].hint(BY_NAME[name].parse(text)) == words


def test_a_temperature_is_said_in_words() -> None:
    assert [temperature_in_words(value) for value in (0, 0.2, 1.0, 1.5, 50)] == [
        "greedy, no chance",
        "safe, repetitive",
        "as learnt",
        "wild",
        "noise",
    ]


def test_the_form_and_the_engine_agree_on_the_hottest() -> None:
    assert HOTTEST == HOTTEST_OF_THE_ENGINE

"""Durations and times of day, read as seconds of work."""

import datetime

import pytest

from engine.errors import HyperparameterError
from gru_tui.deadline import in_changes, in_seconds, seconds_until

NOON = datetime.datetime(2026, 5, 4, 12, 0, 30)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("45m", 2700), ("2h", 7200), ("1h30m", 5400), ("1.5H", 5400), ("90s", 90), (" 1h 5m ", 3900)],
)
def test_a_duration_counts_from_the_beginning_of_the_run(text: str, seconds: float) -> None:
    assert in_seconds(text, spent=1000) == seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("12:01", 30), ("18:30", 23_370), ("12:00", 86_370), ("0:30", 44_970), ("23:59", 43_110)],
)
def test_a_time_of_day_is_the_next_one_that_comes(text: str, seconds: float) -> None:
    assert in_seconds(text, spent=100, now=NOON) == 100 + seconds


def test_the_very_time_it_is_comes_again_tomorrow() -> None:
    assert in_seconds("12:00", spent=0, now=NOON.replace(second=0)) == 86_400


@pytest.mark.parametrize("other", ["60", "1e3", "soon", "", 60.0, True, "18:3", "h"])
def test_anything_else_is_left_to_the_field(other: object) -> None:
    assert in_seconds(other, spent=5) == other


def test_among_changes_only_the_end_is_read_so() -> None:
    changes = {"dropout": "45m", "max_seconds": "45m"}
    assert in_changes(changes, spent=5) == {"dropout": "45m", "max_seconds": 2700}
    assert in_changes({"dropout": "0.1"}, spent=5) == {"dropout": "0.1"}


@pytest.mark.parametrize("text", ["24:00", "18:60", "1.2.3h"])
def test_an_impossible_time_is_told_with_an_example(text: str) -> None:
    with pytest.raises(HyperparameterError, match="18:30"):
        in_seconds(text, spent=0)


def test_until_takes_nothing_but_a_time_of_day() -> None:
    assert seconds_until("18:30", 0, NOON) == 23_370
    with pytest.raises(HyperparameterError, match="no time of day"):
        seconds_until("45m", 0, NOON)

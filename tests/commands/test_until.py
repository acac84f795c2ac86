"""Ends of a run as a time of day or a duration, on the command line."""

import datetime
from pathlib import Path

import pytest

from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from tests.commands.program import SMALL, Program, one_sentence
from tests.commands.test_train import wait_for


def test_until_sets_the_seconds_that_are_left_and_the_schedule_with_them(
    program: Program, text: Path
) -> None:
    end = datetime.datetime.now() + datetime.timedelta(minutes=90)
    clock = f"{end:%H:%M}"
    assert program("train", text, "--detach", "--until", clock, *SMALL).status == 0
    run: Run = Store(program.home).list()[-1]
    settings = run.hyperparameters()
    assert 5000 < settings.max_seconds <= 5400
    assert settings.epochs == 0
    wait_for(program, "running")
    result = program("set", "last", "--until", f"{end + datetime.timedelta(hours=1):%H:%M}")
    assert result.status == 0, result.complaint
    assert "max_seconds:" in result.out
    assert "since step" in result.out
    assert program("set", "last", "max_seconds=3h", "--when", "now").out.count("10800.0") == 1
    assert program("stop", "last").status == 0


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--until", "25:00"), "no clock shows 25:00"),
        (("--until", "soon"), "is no time of day"),
        (("--until", "18:30", "--max-seconds", "5"), "exclude each other"),
        (("--max-seconds", "99:99"), "no clock shows"),
    ],
)
def test_a_bad_end_is_told_in_a_sentence(
    program: Program, words: tuple[str, ...], complaint: str
) -> None:
    result = program("train", "sonnets", *words)
    assert (result.status, complaint in one_sentence(result)) == (2, True)

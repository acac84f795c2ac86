"""`gru-tui set RUN --undo`."""

from pathlib import Path

from tests.commands.program import SMALL, Program, one_sentence
from tests.commands.test_train import wait_for


def test_undo_takes_the_last_change_back_and_says_so(program: Program, text: Path) -> None:
    assert program("train", text, "--detach", "--epochs", 0, *SMALL).status == 0
    wait_for(program, "running")
    nothing = program("set", "last", "--undo")
    assert (nothing.status, "left to undo" in one_sentence(nothing)) == (1, True)
    assert program("set", "last", "learning_rate=0.001", "--when", "now").status == 0
    back = program("set", "last", "--undo")
    assert back.status == 0, back.complaint
    assert "learning_rate: 0.001 -> 0.006" in back.out
    assert program("stop", "last").status == 0


def test_undo_withdraws_a_change_that_waits(program: Program, text: Path) -> None:
    assert program("train", text, "--detach", "--epochs", 0, *SMALL).status == 0
    wait_for(program, "running")
    assert program("pause", "last").status == 0  # the epoch waits for us
    assert program("set", "last", "learning_rate=0.001").status == 0
    back = program("set", "last", "--undo")
    assert back.out.strip() == "learning_rate does not become 0.001: the change is withdrawn"
    nothing = program("set", "last", "--undo")
    assert (nothing.status, "left to undo" in one_sentence(nothing)) == (1, True)
    assert program("stop", "last").status == 0


def test_undo_with_a_change_and_neither_are_refused(trained: Program) -> None:
    for words, complaint in (
        (("--undo", "dropout=0.1"), "takes no NAME=VALUE"),
        ((), "NAME=VALUE is missing"),
    ):
        result = trained("set", "last", *words)
        assert (result.status, complaint in one_sentence(result)) == (2, True)

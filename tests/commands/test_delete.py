"""delete: runs go for good, but not by mistake."""

import pexpect
import pytest

from gru_tui.runs import lock
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from tests.app.made_up_run import made_up_run
from tests.commands.program import Program, one_sentence


@pytest.fixture
def run(program: Program) -> Run:
    """A finished run called amber-fox, in the program's data directory."""
    return made_up_run(Store(program.home))


def test_nobody_to_ask_deletes_nothing_without_yes(program: Program, run: Run) -> None:
    result = program("delete", run.id)
    assert result.status == 2
    assert "--yes deletes without a question" in one_sentence(result)
    assert run.path.exists()


def test_with_yes_each_run_goes_once(program: Program, run: Run) -> None:
    result = program("delete", "--yes", "last", "amber-fox")
    assert (result.status, result.out, result.complaint) == (0, "amber-fox is deleted.\n", "")
    assert not run.path.exists()


def test_a_run_that_trains_stays(program: Program, run: Run) -> None:
    with lock.take(run.path):
        result = program("delete", "--yes", "last")
    assert result.status == 1
    assert "stop it before you delete it" in one_sentence(result)
    assert run.path.exists()


@pytest.mark.parametrize(("answer", "stays"), [("", True), ("n", True), ("y", False)])
def test_on_a_terminal_only_a_yes_deletes(
    program: Program, run: Run, answer: str, stays: bool
) -> None:
    command, *arguments = program.argv("delete", "last")
    child = pexpect.spawn(command, arguments, env=program.environment, encoding="utf-8")
    child.expect_exact(f"Delete amber-fox ({run.id})? [y/N]: ")
    child.sendline(answer)
    child.expect(pexpect.EOF)
    child.close()
    assert (child.exitstatus, run.path.exists()) == (0, stays)

"""A run has one trainer, also where somebody removes its lock, or moves it while it trains."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from engine.events import State, Step
from gru_tui.runs import death, launch
from gru_tui.runs.command import send
from gru_tui.runs.lock import FILE as LOCK
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from gru_tui.runs.summary import Summary
from tests.commands.program import Program, Result, one_sentence
from tests.runs.living import learnt_in_peace
from tests.runs.making import digest, events, kill, last, new_run, of, processes, states, until
from tests.whole.traced import NEEDS_STRACE

# Long enough that a slow test still meets it while it trains.
PLAN: dict[str, Any] = {"steps": 1500, "epochs": 0, "checkpoint_every": 250}


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """A run that trains."""
    run = new_run(Store(tmp_path / "home"), **PLAN)
    launch.start(run)
    until(lambda: last(run).exists() and of(Step, events(run)), "the first checkpoint and step")
    yield run
    kill(run)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What such a run ends with when nothing happens to it."""
    return learnt_in_peace(tmp_path_factory.mktemp("undisturbed"), **PLAN)


def resumed(run: Run) -> str:
    """Train it to its end; the digest of what it has learnt."""
    launch.resume(run)
    until(lambda: not run.is_alive(), "the end of the run")
    assert states(run)[-1] == "finished"
    return digest(last(run))


def test_a_trainer_whose_lock_is_removed_ends_and_the_run_goes_on(
    run: Run, undisturbed: str
) -> None:
    send(run, "pause")
    until(lambda: run.state() == "paused", "the pause")
    (run.path / LOCK).unlink()
    until(lambda: not processes(run), "the end of the trainer")
    end = events(run)[-1]
    assert isinstance(end, State)
    assert (end.state, end.reason) == (
        "failed",
        f"{run.path / LOCK} was removed or replaced while it trained",
    )
    assert resumed(run) == undisturbed


def test_a_trainer_that_another_has_followed_ends_without_a_word(
    run: Run, undisturbed: str
) -> None:
    (first,) = processes(run)
    os.kill(first, signal.SIGSTOP)
    (run.path / LOCK).unlink()
    send(run, "pause")  # out of date when the second one begins
    launch.start(run)
    os.kill(first, signal.SIGCONT)
    until(lambda: first not in processes(run), "the end of the first trainer")
    until(lambda: not run.is_alive(), "the end of the second trainer")
    assert states(run) == ["starting", "running", "starting", "running", "finished"]
    assert digest(last(run)) == undisturbed


def test_a_trainer_whose_directory_is_replaced_by_a_copy_leaves_the_copy_alone(
    run: Run, tmp_path: Path, undisturbed: str
) -> None:
    send(run, "pause")
    until(lambda: run.state() == "paused", "the pause")
    # As when it is moved to another disk and a link put in its place.
    moved = tmp_path / "elsewhere"
    shutil.copytree(run.path, moved)
    run.path.rename(tmp_path / "before")
    run.path.symlink_to(moved)
    until(lambda: not processes(run), "the end of the trainer")
    assert run.state() == "interrupted"
    assert resumed(run) == undisturbed


def under_strace(flock: str, run: Run, *command: str) -> Result:
    """A command, for which each flock ends so."""
    program = Program(run.path.parent.parent)
    options = ["-o", "/dev/null", "-e", "trace=flock", "-e", f"inject=flock:{flock}"]
    done = subprocess.run(
        ["strace", "-f", "-qq", *options, *program.argv(*command)],
        env=program.environment,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return Result(done.returncode, done.stdout, done.stderr.decode())


def say_it_is_elsewhere(run: Run) -> None:
    """As if another machine that shares the folder had begun to train."""
    note = run.path / death.BIRTH
    birth = msgspec.json.decode(note.read_bytes(), type=death.Birth)
    note.write_bytes(msgspec.json.encode(msgspec.structs.replace(birth, host="node7")))


@NEEDS_STRACE
def test_a_trainer_on_another_machine_whose_lock_is_out_of_sight_stays_the_only_one(
    run: Run, undisturbed: str
) -> None:
    send(run, "pause")
    until(lambda: run.state() == "paused", "the pause")
    say_it_is_elsewhere(run)
    done = under_strace("retval=0", run, "resume", run.id)
    said = one_sentence(done)
    assert f"run {run.id} is being trained on node7" in said
    assert done.status == 1
    send(run, "resume")
    until(lambda: not run.is_alive(), "the end of the run")
    assert states(run) == ["starting", "running", "paused", "running", "finished"]
    assert digest(last(run)) == undisturbed


def test_a_run_whose_trainer_on_another_machine_is_gone_goes_on_here(
    run: Run, undisturbed: str
) -> None:
    kill(run)
    say_it_is_elsewhere(run)
    assert Summary(run).reason == "its trainer on node7 is gone, or out of sight from here"
    assert resumed(run) == undisturbed


@NEEDS_STRACE
@pytest.mark.parametrize("error", ["ENOLCK", "ENOSYS"])
@pytest.mark.parametrize("command", [("runs",), ("resume", "last"), ("stop", "last")])
def test_where_files_cannot_be_locked_one_sentence_says_what_to_do(
    tmp_path: Path, error: str, command: tuple[str, ...]
) -> None:
    run = new_run(Store(tmp_path / "home"), **PLAN)
    (run.path / LOCK).touch()
    said = one_sentence(under_strace(f"error={error}", run, *command))
    assert f"{run.path / LOCK} cannot be locked" in said
    assert "another data directory with --data-dir" in said
    assert not processes(run)
    assert not run.events.exists()


@NEEDS_STRACE
def test_a_file_system_that_does_not_answer_shows_no_run_as_dead(run: Run) -> None:
    listed = under_strace("error=EIO", run, "runs", "--json")
    assert listed.status == 0, listed.complaint
    assert json.loads(listed.out)[0]["state"] == "running"

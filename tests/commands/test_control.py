"""pause, resume, stop and set, on a run that really trains."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.program import SMALL, Program, one_sentence
from tests.commands.test_train import kill_trainer, runs, wait_for


@pytest.fixture
def training(program: Program, text: Path) -> Iterator[Program]:
    """A program whose one run trains without end."""
    result = program("train", text, "--detach", "--epochs", 0, *SMALL)
    assert result.status == 0, result.complaint
    wait_for(program, "running")
    yield program
    if runs(program)[0]["state"] in ("starting", "running", "paused"):
        assert program("stop", "last").status == 0


def test_pause_holds_and_resume_lets_go(training: Program) -> None:
    assert training("pause", "last").status == 0
    (held,) = runs(training)
    assert held["state"] == "paused"
    again = training("pause", "last")
    assert (again.status, "already" in again.out) == (0, True)
    assert runs(training)[0]["step"] == held["step"]
    assert training("resume", "last").status == 0
    assert runs(training)[0]["state"] == "running"


def test_stop_ends_the_run_and_resume_starts_it_again(training: Program) -> None:
    assert training("stop", "last").status == 0
    (stopped,) = runs(training)
    assert stopped["state"] == "stopped"
    result = training("resume", "last")
    assert result.status == 0, result.complaint
    (going,) = runs(training)
    assert going["state"] == "running"
    assert int(str(going["step"])) >= int(str(stopped["step"]))


def test_a_finished_run_is_said_to_be_so_and_not_to_go_on(program: Program, text: Path) -> None:
    assert program("train", text, "--steps", 4, *SMALL).status == 0
    result = program("resume", "last")
    assert result.status == 0, result.complaint
    assert "is finished at step 4: nothing is left to train" in result.out
    assert "goes on from its last checkpoint" not in result.out


def test_an_interrupted_run_is_resumed_from_its_last_checkpoint(training: Program) -> None:
    kill_trainer(training)
    assert runs(training)[0]["state"] == "interrupted"
    assert training("resume", "last").status == 0
    assert runs(training)[0]["state"] == "running"


def test_the_usage_of_resume_lets_the_run_away(program: Program) -> None:
    assert program("resume", "--help").lines[0] == "Usage: gru-tui resume [OPTIONS] [RUN]"


def test_a_paused_run_can_be_stopped(training: Program) -> None:
    assert training("pause", "last").status == 0
    assert training("stop", "last").status == 0
    assert runs(training)[0]["state"] == "stopped"


def test_what_is_not_running_cannot_be_paused_stopped_or_changed(trained: Program) -> None:
    for command in (("pause",), ("stop",), ("set", "learning_rate=0.001")):
        result = trained(command[0], "last", *command[1:])
        assert result.status == 1
        assert "is finished" in one_sentence(result)
        assert "gru-tui fork" in result.complaint
        assert "resume" not in result.complaint  # there is nothing left to train


def test_set_now_says_what_changed_and_since_which_step(training: Program) -> None:
    result = training("set", "last", "learning_rate=0.001", "dropout=0.1", "--when", "now")
    assert result.status == 0, result.complaint
    assert "learning_rate: 0.006 -> 0.001" in result.out
    assert "dropout: 0.0 -> 0.1" in result.out
    (file,) = training.home.glob("runs/*/events.jsonl")
    changes = [event["changed"] for event in events(file) if event["event"] == "hyperparameters"]
    assert changes[-1] == {"learning_rate": [0.006, 0.001], "dropout": [0.0, 0.1]}


def test_set_waits_for_the_next_epoch_unless_told_otherwise(training: Program) -> None:
    result = training("set", "last", "learning_rate=0.002")
    assert result.status == 0, result.complaint
    start, epoch = result.out.rsplit(maxsplit=1)
    assert start == "learning_rate becomes 0.002 at epoch"
    (file,) = training.home.glob("runs/*/events.jsonl")
    deadline = time.monotonic() + 30
    while not (found := [event for event in events(file) if event["event"] == "hyperparameters"]):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert found[0]["changed"] == {"learning_rate": [0.006, 0.002]}
    assert f"{found[0]['epoch']:.1f}" == epoch


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("learning_rate", "'learning_rate' is no change"),
        ("lerning_rate=1", "did you mean learning_rate?"),
        ("learning_rate=nan", "learning_rate is 'nan'"),
        ("hidden_size=32", "hidden_size is fixed"),
        ("=3", "'=3' is no change"),
    ],
)
def test_a_bad_change_is_told_before_the_run_hears_of_it(
    trained: Program, change: str, named: str
) -> None:
    result = trained("set", "last", change)
    assert result.status == 2
    assert named in one_sentence(result)


def test_a_fork_begins_with_a_checkpoints_parameters(trained: Program, tmp_path: Path) -> None:
    changes = ("steps=10", "learning_rate=0.0001", "--checkpoint", "last")
    result = trained("--data-dir", trained.home, "fork", "fox", *changes)
    assert result.status == 0, result.complaint
    try:
        first, second = runs(trained)
        assert (second["state"], second["step"]) == ("finished", 10)
        config = json.loads((Path(str(second["path"])) / "run.json").read_text())
        assert config["parent"]["run"] == first["id"]
        assert config["parent"]["step"] == 40
    finally:
        forget(trained, str(second["id"]))


def test_a_fork_with_another_architecture_is_refused(trained: Program) -> None:
    result = trained("fork", "fox", "layers=9")
    assert result.status == 2
    assert "layers is '9'" in one_sentence(result)
    assert len(runs(trained)) == 1


def events(path: Path) -> list[dict[str, object]]:
    """Every event of a run."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def forget(program: Program, identity: str) -> None:
    """Remove a run, so that `last` is the shared one again."""
    import shutil

    shutil.rmtree(program.home / "runs" / identity)

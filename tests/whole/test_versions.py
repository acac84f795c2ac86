"""Upgrading: runs of the first release stay readable; those of a later one are a sentence."""

import json
import shutil
from pathlib import Path

import pytest

from engine.checkpoint import FIRST, SECOND, STATE, load_checkpoint
from engine.events import RunStarted, State, Warned
from engine.saving import Snapshot
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from tests.commands.program import Program, one_sentence
from tests.runs.making import events, last, of
from tests.whole.rewriting import rewrite_header

FIRST_RELEASE = Path(__file__).resolve().parents[1] / "data" / "first-release"
NEWER = "gru-tui/2"


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A program with a run that the first release has made."""
    shutil.copytree(FIRST_RELEASE, tmp_path / "home")
    return Program(tmp_path / "home")


@pytest.fixture
def run(program: Program) -> Run:
    (run,) = Store(program.home).list()
    return run


def test_a_run_of_the_first_release_is_listed_written_with_exported_and_resumed(
    program: Program, run: Run
) -> None:
    (row,) = json.loads(program("runs", "--json").out)
    assert (row["state"], row["step"], row["name"]) == ("stopped", 45, "first release")
    assert row["best_validation_loss"] == pytest.approx(3.253747572073963)
    for which in ("best", "last"):
        written = program("generate", run.id, "--checkpoint", which, "--length", 20)
        assert written.status == 0, written.complaint
        assert len(written.out.rstrip("\n")) >= 19
    assert program("export", run.id, "--format", "csv", "--output", "-").status == 0
    resumed = program("resume", run.id)
    assert resumed.status == 0, resumed.complaint
    assert "step 45" in resumed.out
    said = [event.state for event in of(State, events(run))]
    assert said[-1] in {"running", "finished"}
    assert not of(Warned, events(run))


def test_a_learning_rate_is_found_for_a_run_of_the_first_release(
    program: Program, run: Run
) -> None:
    found = program("find-rate", run.id, "--json")
    assert found.status == 0, found.complaint
    assert len(found.lines) > 10


def test_a_checkpoint_of_the_first_release_holds_all_that_continuing_needs(run: Run) -> None:
    tensors = Snapshot.from_checkpoint(load_checkpoint(last(run))).tensors
    for prefix in ("", FIRST, SECOND):
        assert tensors[prefix + "rnn.weight_hh_l0"].shape == (24, 8)
    assert tensors[STATE + "hidden"].any()


@pytest.mark.parametrize("command", ["resume", "generate", "evaluate", "fork", "export", "set"])
def test_a_run_of_a_newer_format_is_one_sentence_for_every_command(
    program: Program, run: Run, command: str
) -> None:
    path = run.path / "run.json"
    path.write_text(path.read_text().replace("gru-tui/1", NEWER))
    more = {"export": ("--format", "csv", "--output", "-"), "set": ("dropout=0.1",)}
    result = program(command, run.id, *more.get(command, ()))
    assert result.status != 0
    assert f"has format '{NEWER}', but this program reads gru-tui/1" in one_sentence(result)
    assert result.out == ""


def test_a_run_of_a_newer_format_does_not_hide_the_others(program: Program, run: Run) -> None:
    shutil.copytree(run.path, run.path.with_name("later"))
    path = run.path.with_name("later") / "run.json"
    path.write_text(path.read_text().replace("gru-tui/1", NEWER))
    listed = program("runs", "--json")
    assert [row["id"] for row in json.loads(listed.out)] == [run.id]
    assert f"left out: {path} has format '{NEWER}'" in one_sentence(listed)


@pytest.mark.parametrize("command", ["resume", "generate", "evaluate", "fork"])
def test_a_checkpoint_of_a_newer_format_is_one_sentence(
    program: Program, run: Run, command: str
) -> None:
    for path in run.checkpoints.iterdir():
        rewrite_header(path, lambda metadata: metadata.update(format=json.dumps(NEWER)))
    result = program(command, run.id)
    assert result.status == 1
    assert f"has format '{NEWER}', but this program reads gru-tui/1" in one_sentence(result)


def test_events_and_shelves_of_a_newer_format_are_named(program: Program, run: Run) -> None:
    lines = run.events.read_text().replace("gru-tui/1", NEWER, 1)
    run.events.write_text(lines)
    found = events(run)
    assert not of(RunStarted, found)
    assert [event.message for event in of(Warned, found)] == [
        f"events.jsonl has format '{NEWER}', but this program reads gru-tui/1; "
        "a newer gru-tui may read it"
    ]
    (program.home / "corpora.json").write_text(json.dumps({"corpora": [], "format": NEWER}))
    result = program("corpora", "add", str(FIRST_RELEASE))
    assert result.status == 1
    assert NEWER in one_sentence(result)

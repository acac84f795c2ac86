"""What goes wrong around a run: full disks, damaged files, killed workers. Nothing is lost."""

import json
import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corpora.errors import ReportedError
from engine.checkpoint import load_checkpoint
from engine.events import Sample, State, Step, Warned
from gru_tui.runs import launch, restart, trainer_log
from gru_tui.runs.command import send
from gru_tui.runs.run import Run
from gru_tui.runs.states import FINAL
from gru_tui.runs.store import Store
from gru_tui.runs.summary import Summary
from tests.commands.program import SMALL, Program, Result, one_sentence
from tests.runs.living import killed_at, learnt_in_peace, live
from tests.runs.making import (
    digest,
    events,
    full_disk,
    kill,
    last,
    new_run,
    of,
    processes,
    until,
)

STEPS = 240
PLAN: dict[str, Any] = {
    "hidden_size": 64,
    "steps": STEPS,
    "epochs": 0,
    "checkpoint_every": 40,
    "sample_every": 4,  # written down at once, so that a test sees how far a run is
    "sample_length": 40,
}
ENDLESS = {**PLAN, "steps": 0}
ROOM_FOR_EVENTS = 150_000  # bytes: more than all events, less than a checkpoint of this model
ENOUGH = 10.0  # seconds in which a run notices that a part of it has died


@pytest.fixture
def run(store: Store) -> Iterator[Run]:
    """A run that has not begun; nothing of it is left after the test."""
    run = new_run(store, **PLAN)
    yield run
    if run.path.exists():
        kill(run)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What such a run ends with when nothing happens to it."""
    return learnt_in_peace(tmp_path_factory.mktemp("undisturbed"), **PLAN)


def reach(run: Run, step: int) -> None:
    """Return when a run that trains has come to that step."""
    summary = Summary(run)
    until(lambda: summary.update() and summary.step >= step, f"step {step}")


def finished(run: Run) -> str:
    """Wait for the end of a run; the digest of what it has learnt."""
    until(lambda: not run.is_alive(), "the end of the run")
    summary = Summary(run)
    assert (summary.state, summary.step) == ("finished", STEPS), summary.reason
    return digest(last(run))


def final(run: Run) -> State:
    """The last event, which must be the only final state of its life."""
    said = of(State, events(run))
    began = max(place for place, event in enumerate(said) if event.state == "starting")
    (end,) = [event for event in said[began:] if event.state in FINAL]
    assert end == events(run)[-1]
    return end


# --- a full disk ---


def limit(process: int, size: int) -> None:
    """From now on no file of that process grows beyond `size` bytes; -1 lets it grow again."""
    if not hasattr(resource, "prlimit"):
        pytest.skip("this system cannot limit the files of another process")
    hard = resource.prlimit(process, resource.RLIMIT_FSIZE)[1]
    resource.prlimit(process, resource.RLIMIT_FSIZE, (hard if size < 0 else size, hard))


def test_a_disk_full_at_a_checkpoint_pauses_the_run_until_there_is_room(
    run: Run, program: Program, undisturbed: str
) -> None:
    launch.start(run)
    (trainer,) = processes(run)
    reach(run, 50)
    limit(trainer, ROOM_FOR_EVENTS)
    until(lambda: run.state() == "paused", "the pause")
    paused = of(State, events(run))[-1]
    assert "could not be written (File too large)" in paused.reason
    assert "make room, then resume" in paused.reason
    older = load_checkpoint(last(run)).step
    assert older < paused.step
    assert program("generate", run.id, "--checkpoint", older, "--length", 5).status == 0
    refused = program("resume", run.id)
    assert refused.status == 1
    assert "File too large" in one_sentence(refused)
    assert run.state() == "paused"
    limit(trainer, -1)
    assert program("resume", run.id).status == 0
    assert finished(run) == undisturbed


def test_a_disk_full_for_events_holds_the_run_and_no_line_is_lost(
    run: Run, undisturbed: str
) -> None:
    launch.start(run)
    (trainer,) = processes(run)
    reach(run, 50)
    size = run.events.stat().st_size + 100
    limit(trainer, size)
    until(lambda: run.events.stat().st_size >= size, "a full disk")
    assert run.is_alive()
    limit(trainer, -1)
    assert finished(run) == undisturbed
    found = events(run)
    assert not [event for event in of(Warned, found) if "damaged" in event.message]
    assert sum(event.count for event in of(Step, found)) == STEPS
    assert len(of(Sample, found)) == STEPS / 4 + 1


def test_on_a_full_disk_no_run_begins_and_nothing_is_left(
    program: Program, store: Store, tmp_path: Path
) -> None:
    text = tmp_path / "fox.txt"
    text.write_text("the quick brown fox " * 50)
    argv = program.argv("train", text, "--steps", 5, *SMALL)
    done = subprocess.run(
        ["sh", "-c", 'ulimit -f 0; exec "$@"', "sh", *argv],
        env=program.environment,
        capture_output=True,
        check=False,
    )
    result = Result(done.returncode, done.stdout, done.stderr.decode())
    assert result.status == 1
    assert f"cannot be written to {store.folder} (File too large)" in one_sentence(result)
    assert list(store.folder.iterdir()) == []


def test_a_data_directory_that_cannot_be_made_is_named(program: Program, tmp_path: Path) -> None:
    text = tmp_path / "fox.txt"
    text.write_text("the quick brown fox " * 50)
    (tmp_path / "file").write_text("no folder")
    for place in (tmp_path / "file" / "below", "/proc/gru-tui"):
        result = program("train", text, "--steps", 5, *SMALL, "--data-dir", place)
        assert result.status in (1, 2)
        assert str(place) in one_sentence(result)


def test_a_run_whose_events_cannot_be_written_says_so(run: Run, program: Program) -> None:
    run.events.mkdir()
    result = program("resume", run.id)
    assert result.status == 1
    assert "events.jsonl cannot be written" in (run.path / trainer_log.FILE).read_text()
    assert run.id in one_sentence(result)


# --- damaged and hostile files ---


def test_damaged_runs_say_what_is_wrong_and_the_others_are_listed(
    store: Store, program: Program
) -> None:
    sound, garbled, lost = (new_run(store, steps=4) for _ in range(3))
    for run in (sound, garbled):
        assert live(run) == 0
    (lost.path / "run.json").write_bytes(b'{"format": "gru-tui/1", "id')
    lines = garbled.events.read_bytes().splitlines(keepends=True)
    garbled.events.write_bytes(b"".join([*lines[:3], b'\x00\xff{"event"\n', *lines[3:]]))
    listed = program("runs", "--json")
    assert listed.status == 0
    states = {row["id"]: row["state"] for row in json.loads(listed.out)}
    assert states == {sound.id: "finished", garbled.id: "finished"}
    assert [event.message for event in of(Warned, events(garbled))] == [
        "line 4 of events.jsonl is damaged and was skipped"
    ]
    result = program("resume", lost.id)
    assert result.status == 1
    assert f"{lost.path / 'run.json'} is damaged" in one_sentence(result)


# --- signals and deaths ---


@pytest.mark.parametrize("whole_group", [False, True])
def test_sigterm_stops_a_run_with_a_checkpoint(
    store: Store, undisturbed: str, whole_group: bool
) -> None:
    run = new_run(store, **{**PLAN, "processes": 2 if whole_group else 1})
    launch.start(run)
    try:
        trainer = processes(run)[0]
        reach(run, 50)
        (os.killpg if whole_group else os.kill)(trainer, signal.SIGTERM)
        until(lambda: not run.is_alive() and not processes(run), "the end")
        assert (final(run).state, final(run).reason) == ("stopped", "ended by SIGTERM")
        assert load_checkpoint(last(run)).step == final(run).step
        launch.resume(run)
        ended_with = finished(run)
        assert whole_group or ended_with == undisturbed
    finally:
        kill(run)


@pytest.mark.parametrize("count", [2, 3])
def test_a_killed_worker_ends_the_run_as_failed_and_leaves_nobody_behind(
    store: Store, program: Program, count: int
) -> None:
    run = new_run(store, **{**ENDLESS, "processes": count})
    launch.start(run)
    try:
        until(lambda: len(processes(run)) == count, "all processes")
        worker = processes(run)[1]
        if (maps := Path(f"/proc/{worker}/maps")).exists():
            assert "/dev/shm" not in maps.read_text()
        reach(run, 50)
        os.kill(worker, signal.SIGKILL)
        until(lambda: not processes(run), "the end of every process", seconds=ENOUGH)
        assert not run.is_alive()
        end = final(run)
        assert end.state == "failed"
        assert f"worker process {worker} was killed by signal 9" in end.reason
        assert "resume the run from its last checkpoint" in end.reason
        assert program("resume", run.id).status == 0
        reach(run, end.step + 10)
    finally:
        kill(run)


def test_a_worker_that_dies_in_a_pause_is_noticed_when_the_run_goes_on(store: Store) -> None:
    run = new_run(store, **{**ENDLESS, "processes": 2})
    launch.start(run)
    try:
        reach(run, 50)
        send(run, "pause")
        until(lambda: run.state() == "paused", "the pause")
        os.kill(processes(run)[1], signal.SIGKILL)
        send(run, "resume")
        until(lambda: not processes(run), "the end of every process", seconds=ENOUGH)
        assert final(run).state == "failed"
    finally:
        kill(run)


def test_a_trainer_whose_directory_is_removed_ends(run: Run) -> None:
    launch.start(run)
    reach(run, 50)

    def removed() -> bool:  # in one go, unless a checkpoint is just being written
        shutil.rmtree(run.path, ignore_errors=True)
        return not run.path.exists()

    until(removed, "an empty place")
    until(lambda: not processes(run), "the end of the trainer")
    assert not run.path.exists()


def test_a_resume_on_a_full_disk_says_so_and_the_run_goes_on_when_there_is_room(
    run: Run, undisturbed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(run, killed_at(lambda event: event.step == 50))
    monkeypatch.setattr(restart, "PATIENCE", 1.0)
    with (
        full_disk(run.events.stat().st_size),
        pytest.raises(ReportedError, match="has written nothing to .*; if the disk is full"),
    ):
        restart.restarted(run)
    (trainer,) = processes(run)
    limit(trainer, -1)
    assert finished(run) == undisturbed

"""Row 3: no save fails in silence, whatever the system says at whichever call."""

import itertools
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from engine.checkpoint import load_checkpoint
from engine.events import State, Step, Warned
from gru_tui.runs import launch
from gru_tui.runs.command import send
from gru_tui.runs.reserve import FILE as RESERVE
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from gru_tui.runs.summary import Summary
from tests.commands.program import Program, one_sentence
from tests.endurance.conftest import Figure
from tests.runs.living import live
from tests.runs.making import answers, digest, events, kill, last, new_run, of, until
from tests.whole.traced import NEEDS_STRACE, traced

PLAN: dict[str, Any] = {"steps": 30, "epochs": 0, "checkpoint_every": 20, "sample_every": 1000}
AT = 20  # the step of the save that fails
SOON = 1.0  # seconds
ERRORS = {
    "ENOSPC": "No space left on device",
    "EACCES": "Permission denied",
    "EIO": "Input/output error",
    "EROFS": "Read-only file system",
}
CALLS = ("write", "fsync", "rename", "openat")
# Before the save at step 20, the folder was made durable after each of three names at step 0.
DIRECTORY = "fsync of the directory"
EVERY_FAILURE = [*itertools.product(CALLS, ERRORS), (DIRECTORY, "EIO"), (DIRECTORY, "ENOSPC")]
A_FEW = [("write", "ENOSPC"), ("fsync", "EIO"), ("rename", "EROFS")]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What such a run ends with when nothing happens to it."""
    run = new_run(Store(tmp_path_factory.mktemp("undisturbed")), **PLAN)
    assert live(run) == 0
    return digest(last(run))


def failures(rounds: int) -> Iterator[tuple[str, str]]:
    """Which call fails with which error, in so many rounds."""
    few = rounds <= len(A_FEW)
    return itertools.islice(itertools.cycle(A_FEW if few else EVERY_FAILURE), rounds)


def injection(run: Run, call: str, error: str) -> list[str]:
    """Options of strace that let that call fail once, at the save of step AT."""
    path, when = run.checkpoints / f".step-{AT:08d}.safetensors.partial", 1
    if call == DIRECTORY:
        path, call, when = run.checkpoints, "fsync", 4
    fault = f"inject={call}:error={error}:when={when}"
    return ["-o", "/dev/null", "-P", str(path), "-e", f"trace={call}", "-e", fault]


def survives(run: Run, program: Program, call: str, error: str, undisturbed: str) -> float:
    """Let one call fail: the pause is shown, the older checkpoint loads, resume loses nothing.

    The seconds from the pause to when it was seen.
    """
    with traced(run, *injection(run, call, error)) as process:
        summary = Summary(run)

        def paused() -> bool:
            summary.update()
            return summary.state == "paused"

        until(paused, f"the pause after {error} at {call}", seconds=60)
        seen = time.time()
        told = of(State, events(run))[-1]
        assert f"could not be written ({ERRORS[error]})" in told.reason
        assert told.step == AT
        assert load_checkpoint(last(run)).step == 0
        listed = program("runs", "--json")
        assert f"run {run.id} is paused" in one_sentence(listed)
        assert ERRORS[error] in listed.complaint
        identity = send(run, "resume")
        until(lambda: not run.is_alive(), "the end of the run", seconds=60)
        assert process.wait() == 0
    assert answers(run)[identity].ok
    assert Summary(run).state == "finished"
    assert digest(last(run)) == undisturbed, f"after {error} at {call}"
    assert not list(run.checkpoints.glob(".*"))
    return seen - told.time


@NEEDS_STRACE
@pytest.mark.rounds(short=3, long=len(EVERY_FAILURE))
def test_a_save_that_fails_pauses_the_run_says_why_and_costs_nothing(
    tmp_path: Path, undisturbed: str, rounds: int, figure: Figure
) -> None:
    slowest = 0.0
    for number, (call, error) in enumerate(failures(rounds)):
        store = Store(tmp_path / str(number) / "home")
        program = Program(store.folder.parent)
        run = new_run(store, **PLAN)
        slowest = max(slowest, survives(run, program, call, error, undisturbed))
    assert slowest < SOON
    figure(f"row 3: {rounds} of {rounds} failures shown after {slowest:.2f} s at most, resumed")


# --- a disk that is really full ---

ROOM = 1 << 20  # bytes of the whole disk
FOR_ONE = 60_000  # bytes: enough for one checkpoint of the small model, not for two


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of its own that holds little."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={ROOM},mode=700", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk, and not everywhere")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path, left: int) -> Path:
    """Take all the room there is save `left` bytes; the file that does so."""
    found = os.statvfs(folder)
    ballast = folder / "ballast"
    ballast.write_bytes(bytes(found.f_bavail * found.f_frsize - left))
    return ballast


FULL: dict[str, dict[str, Any]] = {
    "checkpoint": {**PLAN, "keep_checkpoints": 1},
    "events": {**PLAN, "checkpoint_every": 1000, "sample_every": 1, "sample_length": 2000},
}


@pytest.mark.parametrize("what", FULL)
def test_a_full_disk_is_told_of_on_that_disk_and_costs_nothing(tmp_path: Path, what: str) -> None:
    peace = new_run(Store(tmp_path / "peace"), **FULL[what])
    assert live(peace) == 0
    with small_disk(tmp_path / "disk") as disk:
        run = new_run(Store(disk), **FULL[what])
        ballast = fill(disk, FOR_ONE + (1 << 14))
        launch.start(run)
        try:
            until(lambda: run.state() == "paused", "the pause")
            seen, told = time.time(), of(State, events(run))[-1]
            assert seen - told.time < SOON
            words = "a full disk?" if what == "events" else "(No space left on device)"
            assert words in told.reason
            listed = Program(disk)("runs")
            assert f"run {run.id} is paused: {told.reason[:20]}" in one_sentence(listed)
            assert load_checkpoint(last(run)).step == 0
            ballast.unlink()
            if what == "checkpoint":
                send(run, "resume")
            until(lambda: not run.is_alive(), "the end of the run")
        finally:
            kill(run)
        found = events(run)
        assert Summary(run).state == "finished"
        assert not [event for event in of(Warned, found) if "damaged" in event.message]
        assert sum(event.count for event in of(Step, found)) == PLAN["steps"]
        assert digest(last(run)) == digest(last(peace))
        assert not (run.path / RESERVE).exists()

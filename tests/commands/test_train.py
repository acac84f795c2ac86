"""`gru-tui train`: from a text to a finished run, watched, detached or interrupted."""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gru_tui.commands.watch import Interrupts, Watch
from gru_tui.runs.store import Store
from tests.commands.program import SMALL, Program, one_sentence

ENDLESS = ("--epochs", 0, *SMALL)


def runs(program: Program) -> list[dict[str, object]]:
    listed: list[dict[str, object]] = json.loads(program("runs", "--json").out)
    return listed


@contextlib.contextmanager
def endless(program: Program, text: Path, *options: object) -> "Iterator[subprocess.Popen[bytes]]":
    """`gru-tui train` without a bound, in the foreground, after its first steps."""
    process = program.start("train", text, "--json", *ENDLESS, *options)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line)["event"] == "step":
                break
        yield process
    finally:
        process.kill()
        process.communicate()
        program("stop", "last")


def test_the_result_is_told_and_the_exit_status_is_0(program: Program, text: Path) -> None:
    result = program("train", text, "--steps", 30, "--name", "thirty", *SMALL)
    assert result.status == 0, result.complaint
    (run,) = runs(program)
    assert (run["state"], run["step"], run["name"]) == ("finished", 30, "thirty")
    best = run["best_validation_loss"]
    assert f"best validation loss {best:.4f}" in result.out
    assert str(program.home / "runs" / str(run["id"])) in result.out


def test_json_prints_the_events_as_they_stand_in_the_file(program: Program, text: Path) -> None:
    result = program("train", text, "--steps", 20, "--json", *SMALL)
    assert result.status == 0, result.complaint
    (file,) = program.home.glob("runs/*/events.jsonl")
    assert result.raw == file.read_bytes()
    last = json.loads(result.lines[-1])
    assert (last["event"], last["state"], last["step"]) == ("state", "finished", 20)


def test_a_bound_in_steps_or_seconds_takes_the_place_of_the_epochs(
    program: Program, text: Path
) -> None:
    assert program("train", text, "--steps", 25, "--batch-size", 64, *SMALL[:6]).status == 0
    (run,) = runs(program)
    assert run["step"] == 25
    assert float(str(run["epoch"])) > 10


def test_max_seconds_counts_from_the_start_of_the_command(program: Program, text: Path) -> None:
    result = program("train", text, "--max-seconds", 2, "--json", *SMALL)
    assert result.status == 0, result.complaint
    first, *_, last = map(json.loads, result.lines)
    assert last["state"] == "finished"
    assert last["seconds"] > last["time"] - first["time"]  # the trainer's own time, from its birth


def test_detach_prints_the_id_alone_and_the_run_goes_on(program: Program, text: Path) -> None:
    result = program("train", text, "--detach", *ENDLESS)
    try:
        assert (result.status, result.complaint) == (0, "")
        (line,) = result.lines
        (run,) = runs(program)
        assert run["id"] == line
        assert run["state"] in ("starting", "running")
    finally:
        assert program("stop", "last").status == 0


def test_ctrl_c_stops_the_run_with_a_checkpoint_and_says_how_to_resume(
    program: Program, text: Path
) -> None:
    process = program.start("train", text, *ENDLESS)
    wait_for(program, "running")
    process.send_signal(signal.SIGINT)
    out, complaint = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"Traceback" not in complaint
    (run,) = runs(program)
    assert run["state"] == "stopped"
    assert f"gru-tui resume {run['id']}" in out.decode()
    (checkpoint,) = program.home.glob("runs/*/checkpoints/last.safetensors")
    assert program("generate", "last", "--checkpoint", run["step"], "--length", 5).status == 0
    assert checkpoint.exists()


@pytest.mark.parametrize("command", ["train", "fork"])
def test_ctrl_c_while_the_trainer_begins_stops_the_run_too(
    program: Program, text: Path, command: str
) -> None:
    logs = "runs/*/trainer.log"  # made just before the trainer
    if command == "train":
        process = program.start("train", text, *ENDLESS)
        wait_until(lambda: list(program.home.glob(logs)))
    else:
        assert program("train", text, "--steps", 5, *SMALL).status == 0
        process = program.start("fork", "last", "steps=0", "epochs=0")
        wait_until(lambda: len(list(program.home.glob(logs))) == 2)
    process.send_signal(signal.SIGINT)
    out, complaint = process.communicate(timeout=30)
    newest = runs(program)[-1]
    try:
        assert (process.returncode, newest["state"]) == (130, "stopped")
        assert "stopping after this step" in complaint.decode()
        assert f"gru-tui resume {newest['id']}" in out.decode()
    finally:
        program("stop", newest["id"])


def test_who_does_not_wait_for_a_run_that_begins_has_it_stopped_all_the_same(
    program: Program, text: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert program("train", text, "--detach", *ENDLESS).status == 0
    try:
        (run,) = Store(program.home).list()
        interrupts = Interrupts()
        interrupts.count, interrupts.last = 2, signal.SIGINT
        watch = Watch(run, as_json=False, interrupts=interrupts)
        assert watch.until_end() == 130
        words = capsys.readouterr().err
        assert f"left while it stops; gru-tui runs shows when run {run.id} has" in words
        wait_for(program, "stopped")
    finally:
        program("stop", "last")


def test_who_stops_a_run_that_cannot_save_is_told_so_and_waits_for_nothing(
    program: Program, text: Path
) -> None:
    with endless(program, text) as process:
        (run,) = Store(program.home).list()
        moved = run.checkpoints.rename(run.path / "elsewhere")
        run.checkpoints.touch()  # no folder
        try:
            process.send_signal(signal.SIGTERM)
            _, complaint = process.communicate(timeout=20)
        finally:
            run.checkpoints.unlink()
            moved.rename(run.checkpoints)
        assert process.returncode == 1
        assert f"run {run.id} could not stop: the checkpoint" in complaint.decode()
        assert run.state() == "paused"
        assert program("resume", run.id).status == 0


def test_a_dropped_terminal_leaves_the_run_going(program: Program, text: Path) -> None:
    with endless(program, text) as process:
        process.send_signal(signal.SIGHUP)
        assert process.wait(20) == -signal.SIGHUP
        (run,) = runs(program)
        assert run["state"] == "running"


def test_a_reader_of_the_events_that_leaves_does_not_end_the_run(
    program: Program, text: Path
) -> None:
    with endless(program, text) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.wait(20) == 141
        assert b"nobody reads the events any more" in process.stderr.read()
        (run,) = runs(program)
        assert run["state"] == "running"


class Broken(io.StringIO):
    """A stream whose reader has gone, which shows itself in `write` or only in `flush`."""

    def __init__(self, method: str) -> None:
        super().__init__()
        self._method = method

    def write(self, text: str) -> int:
        return self._broken("write", len(text))

    def flush(self) -> None:
        self._broken("flush", 0)

    def _broken(self, method: str, result: int) -> int:
        if method == self._method:
            raise BrokenPipeError
        return result


@pytest.mark.parametrize("method", ["write", "flush"])
def test_wherever_the_pipe_breaks_it_is_said_that_the_run_goes_on(
    trained: Program,
    method: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (run,) = Store(trained.home).list()
    watch = Watch(run, as_json=True)
    monkeypatch.setattr(sys, "stdout", Broken(method))
    with pytest.raises(BrokenPipeError):
        watch.until_end()
    assert capsys.readouterr().err.count("nobody reads the events any more") == 1


def test_a_killed_trainer_is_told_with_the_way_to_resume(program: Program, text: Path) -> None:
    with endless(program, text) as process:
        kill_trainer(program)
        _, complaint = process.communicate(timeout=20)
        assert process.returncode == 1
        assert b"was interrupted" in complaint
        assert b"gru-tui resume" in complaint
        (run,) = runs(program)
        assert run["state"] == "interrupted"


def test_a_terminal_sees_one_line_that_is_drawn_anew(program: Program, text: Path) -> None:
    seen = program.on_a_terminal("train", text, "--steps", 200, *SMALL)
    drawn = seen.split("\r")
    assert len(drawn) > 1
    assert "#" in drawn[-1]
    assert "100%" in drawn[-1]
    assert "best validation loss" in drawn[-1]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--learning-rate", "fast"), "learning_rate is 'fast'"),
        (("--learning-rate", "nan"), "learning_rate is 'nan'"),
        (("--learning-rate", "-1"), "learning_rate is '-1'"),
        (("--layers", "9"), "layers is '9'"),
        (("--layers", "1.5"), "layers is '1.5'"),
        (("--dropout", "1"), "dropout is '1'"),
        (("--cell", "gro"), "cell is 'gro'"),
        (("--max-seconds", "inf"), "max_seconds is 'inf'"),
    ],
)
def test_a_bad_hyperparameter_is_named_and_no_run_is_made(
    program: Program, arguments: tuple[str, ...], named: str
) -> None:
    result = program("train", "sonnets", *arguments)
    assert result.status == 2
    assert named in one_sentence(result)
    assert not list(program.home.glob("runs/*"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "missing.txt"),
        (b"", "text.txt"),
        (b"a", "text.txt"),
        (b"a" * 500, "text.txt"),
        (bytes(range(256)) * 8, "text.txt"),
    ],
)
def test_a_bad_text_is_named_and_no_run_is_made(
    program: Program, tmp_path: Path, content: bytes | None, words: str
) -> None:
    path = tmp_path / ("missing.txt" if content is None else "text.txt")
    if content is not None:
        path.write_bytes(content)
    result = program("train", path)
    assert result.status in (1, 2)
    assert words in one_sentence(result)
    assert not list(program.home.glob("runs/*"))


def test_a_folder_without_text_is_named(program: Program, tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    assert str(folder) in one_sentence(program("train", folder))


def test_an_unknown_corpus_is_answered_with_the_nearest(program: Program) -> None:
    result = program("train", "sonets")
    assert result.status in (1, 2)
    assert "sonnets" in one_sentence(result)


def test_a_data_directory_that_cannot_be_written_is_named(program: Program, text: Path) -> None:
    program.home.write_text("a file, not a folder")
    result = program("train", text, "--steps", 5)
    assert result.status in (1, 2)
    assert str(program.home) in one_sentence(result)


def wait_until(condition: Callable[[], object]) -> None:
    """Until that is true; looks often, for what lasts only a moment."""
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def wait_for(program: Program, state: str) -> dict[str, object]:
    """The one run, once it is in that state."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = runs(program)
        if found and found[0]["state"] == state:
            return found[0]
    raise AssertionError(f"never {state}: {runs(program)}")


def kill_trainer(program: Program) -> None:
    """kill -9 on the processes that train in this data directory, and on no others; they end."""
    command = ["pgrep", "-f", f"gru_tui.runs.process {program.home}"]
    deadline = time.monotonic() + 20
    while numbers := subprocess.run(
        command, check=False, capture_output=True, text=True
    ).stdout.split():
        assert time.monotonic() < deadline
        for number in numbers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(number), signal.SIGKILL)
        time.sleep(0.01)


def test_two_runs_at_once_are_told_that_they_share_the_cores(program: Program, text: Path) -> None:
    assert program("train", text, "--detach", "--name", "first", *ENDLESS).complaint == ""
    try:
        second = program("train", text, "--steps", 5, *SMALL)
        assert second.status == 0
        assert "first trains too: the runs share the cores" in second.complaint
    finally:
        assert program("stop", "first").status == 0

"""Ctrl+C before a command has begun its work, and while it waits for a trainer."""

import contextlib
import json
import os
import signal
import subprocess
import time
from pathlib import Path

from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from tests.commands.program import SMALL, Program
from tests.commands.test_train import wait_for

HANGS = "import os, signal, sys\nif {when}:\n    {tell}\n    signal.pause()\n"


def started(program: Program, *arguments: str) -> "subprocess.Popen[bytes]":
    """A command that Ctrl+C reaches, even where the tests run behind an & and do not hear it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return program.start(*arguments)
    finally:
        signal.signal(signal.SIGINT, before)


def asked(run: Run) -> bool:
    """Whether a command has reached it whole."""
    with contextlib.suppress(FileNotFoundError):
        return (run.path / "commands.jsonl").read_bytes().endswith(b"\n")
    return False


def sleeps(pid: int) -> bool:
    """Whether a process waits, as between two looks for an answer."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "S"


def put_in_front(program: Program, folder: Path) -> None:
    """Let Python look for modules in `folder` first."""
    program.variables["PYTHONPATH"] = f"{folder}{os.pathsep}{program.environment['PYTHONPATH']}"


def test_ctrl_c_while_the_program_loads_leaves_no_traceback(
    program: Program, tmp_path: Path
) -> None:
    tell = "print('loading', flush=True)"
    (tmp_path / "click.py").write_text(HANGS.format(when="True", tell=tell))
    put_in_front(program, tmp_path)
    with started(program, "runs") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"loading\n"
        process.send_signal(signal.SIGINT)
        _, complaint = process.communicate(timeout=60)
    assert (process.returncode, complaint) == (-signal.SIGINT, b"")


def test_ctrl_c_while_a_run_is_resumed_says_what_becomes_of_it(
    program: Program, text: Path, tmp_path: Path
) -> None:
    assert program("train", text, "--steps", 4, *SMALL).status == 0
    told = tmp_path / "trainer"
    when = "any(word.startswith('gru_tui.runs.process') for word in sys.orig_argv)"
    tell = f"open({str(told)!r}, 'w').write(f'{{os.getpid()}} '); "
    (tmp_path / "sitecustomize.py").write_text(HANGS.format(when=when, tell=tell))
    put_in_front(program, tmp_path)
    with started(program, "resume", "last") as process:
        deadline = time.monotonic() + 60
        while not (told.exists() and told.read_text().endswith(" ")):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, complaint = process.communicate(timeout=60)
    os.kill(int(told.read_text()), signal.SIGKILL)
    assert process.returncode == 130
    (line,) = complaint.decode().splitlines()
    assert line.startswith("gru-tui: left while run ")
    assert "gru-tui stop" in line


def test_ctrl_c_before_a_run_has_answered_says_that_it_does_what_was_asked(
    program: Program, text: Path
) -> None:
    assert program("train", text, "--detach", "--epochs", 0, *SMALL).status == 0
    wait_for(program, "running")
    (run,) = Store(program.home).list()
    trainer = json.loads((run.path / "trainer.json").read_text())["pid"]
    try:
        os.kill(trainer, signal.SIGSTOP)
        with started(program, "pause", "last") as process:
            deadline = time.monotonic() + 60
            while not (asked(run) and sleeps(process.pid)):
                assert time.monotonic() < deadline
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
            _, complaint = process.communicate(timeout=60)
        assert process.returncode == 130
        words = f"gru-tui: left before run {run.id} was ready; it does what was asked (pause)"
        assert complaint.decode().startswith(words)
        os.kill(trainer, signal.SIGCONT)
        wait_for(program, "paused")
    finally:
        os.kill(trainer, signal.SIGCONT)
        program("stop", "last")

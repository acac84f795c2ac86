"""Ctrl+C before a command has begun its work, and while it waits for a trainer."""

import os
import signal
import subprocess
import time
from pathlib import Path

from tests.commands.program import SMALL, Program

HANGS = "import os, signal, sys\nif {when}:\n    {tell}\n    signal.pause()\n"


def started(program: Program, *arguments: str) -> "subprocess.Popen[bytes]":
    """A command that Ctrl+C reaches, even where the tests run behind an & and do not hear it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return program.start(*arguments)
    finally:
        signal.signal(signal.SIGINT, before)


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

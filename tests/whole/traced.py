"""A trainer whose system calls are watched, or made to fail, by strace."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from gru_tui.runs.run import Run
from tests.commands.program import CHECKOUT
from tests.runs.making import processes, until

NEEDS_STRACE = pytest.mark.skipif(
    shutil.which("strace") is None, reason="needs strace: apt-get install -y strace"
)
# A string's end is not cut off; a descriptor is followed by <its path>.
CALL = re.compile(r"^(?P<process>\d+) +(?P<name>\w+)\((?P<arguments>.*)\) += (?P<result>.+)$")
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
DESCRIPTOR = re.compile(r"^\d+<([^>]*)>")


@dataclass(frozen=True)
class Call:
    """One system call that was finished."""

    name: str
    paths: tuple[str, ...]  # those that it names, or that of its descriptor
    arguments: str
    failed: bool


@contextmanager
def traced(run: Run, *options: str) -> Iterator["subprocess.Popen[bytes]"]:
    """The trainer of `run`, started under strace with these options; nothing is left of it."""
    command = [sys.executable, "-P", "-m", "gru_tui.runs.process", str(run.path)]
    process = subprocess.Popen(
        ["strace", "-f", "-qq", *options, *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd=run.path,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        start_new_session=True,
    )
    try:
        until(lambda: run.is_alive() or process.poll() is not None, "the trainer", seconds=60)
        if process.poll() not in (None, 0):
            assert process.stderr is not None
            words = process.stderr.read().decode(errors="replace")
            if "ptrace" in words and "not permitted" in words:
                pytest.skip("this system lets nobody trace: " + words.strip())
            pytest.fail(words)
        yield process
    finally:
        for number in processes(run):
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        process.wait()
        if process.stderr is not None:
            process.stderr.close()


def calls(path: Path) -> list[Call]:
    """What strace -y has written there, without the calls that were interrupted."""
    found = []
    for line in path.read_text(errors="replace").splitlines():
        call = CALL.match(line)
        if call is None:
            continue
        arguments = call["arguments"]
        descriptor = DESCRIPTOR.match(arguments)
        paths = (descriptor[1],) if descriptor else tuple(QUOTED.findall(arguments))
        failed = call["result"].startswith("-1 ")
        found.append(Call(call["name"], paths, arguments, failed))
    return found

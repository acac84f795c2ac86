"""The program as a person meets it: a process of its own, with a data directory of its own."""

import contextlib
import os
import pty
import select
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
SENTENCE = "the quick brown fox jumps over the lazy dog; the dog sleeps on.\n"
SMALL = ("--hidden-size", "16", "--layers", "1", "--processes", "1", "--batch-size", "4")


@dataclass(frozen=True)
class Result:
    """How a call ended and what it wrote."""

    status: int
    raw: bytes
    complaint: str

    @property
    def out(self) -> str:
        return self.raw.decode("utf-8")

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


@dataclass
class Program:
    """`gru-tui` with GRU_TUI_HOME in `home`."""

    home: Path
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "GRU_TUI_HOME": str(self.home),
            "PYTHONPATH": str(CHECKOUT),
            **self.variables,
        }

    def argv(self, *arguments: object) -> list[str]:
        return [sys.executable, "-m", "gru_tui", *map(str, arguments)]

    def __call__(self, *arguments: object, timeout: float = 60) -> Result:
        done = subprocess.run(
            self.argv(*arguments),
            env=self.environment,
            cwd=self.home.parent,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
        return Result(done.returncode, done.stdout, done.stderr.decode())

    def start(self, *arguments: object) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            self.argv(*arguments),
            env=self.environment,
            cwd=self.home.parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def on_a_terminal(self, *arguments: object, timeout: float = 60) -> str:
        """What a person would see: stdout and stderr on one pseudo-terminal."""
        ours, theirs = pty.openpty()
        try:
            process = subprocess.Popen(
                self.argv(*arguments),
                env=self.environment,
                cwd=self.home.parent,
                stdin=subprocess.DEVNULL,
                stdout=theirs,
                stderr=theirs,
            )
            os.close(theirs)
            seen = _read_all(ours, timeout)
            process.wait(timeout)
        finally:
            os.close(ours)
        return seen.decode().replace("\r\n", "\n")


def _read_all(descriptor: int, timeout: float) -> bytes:
    seen, deadline = b"", time.monotonic() + timeout
    with contextlib.suppress(OSError):  # Linux's word for "the other end is closed"
        while select.select([descriptor], [], [], deadline - time.monotonic())[0]:
            piece = os.read(descriptor, 65536)
            if not piece:
                break
            seen += piece
    return seen


def one_sentence(result: Result) -> str:
    """The complaint, which must be one line and no traceback."""
    lines = result.complaint.splitlines()
    assert len(lines) == 1, result.complaint
    assert "Traceback" not in result.complaint
    return lines[0]

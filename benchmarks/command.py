"""The `gru-tui` command of this environment, as a user would give it, in a data folder of its own.

Nothing of the user's is read or written, and nothing that was measured before is known.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

SCRIPT = Path(sys.executable).with_name("gru-tui")
PROGRAM = [str(SCRIPT)] if SCRIPT.exists() else [sys.executable, "-m", "gru_tui"]


class CommandError(Exception):
    """The command failed; the message is the last line that it wrote."""


class Home:
    """A data folder and a cache below `folder`, and the commands that use them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = os.environ | {
            "GRU_TUI_HOME": str(folder / "home"),
            "GRU_TUI_CACHE": str(folder / "cache"),
        }

    def run(self, *arguments: str) -> str:
        """Standard output. Raises CommandError."""
        done = subprocess.run(
            [*PROGRAM, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["nothing was said"])[-1]
            raise CommandError(f"gru-tui {' '.join(arguments)}: {last}")
        return done.stdout

    def seconds(self, *arguments: str) -> float:
        """Wall time from the start of the process to its end. Raises CommandError."""
        begun = time.perf_counter()
        self.run(*arguments)
        return time.perf_counter() - begun

    def json(self, *arguments: str) -> Any:
        """What the command prints with --json. Raises CommandError."""
        return json.loads(self.run(*arguments, "--json"))

    def seconds_to_first_byte(self, *arguments: str) -> float:
        """Wall time from the start of the process to the first byte on its standard output."""
        begun = time.perf_counter()
        with subprocess.Popen(
            [*PROGRAM, *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        ) as process:
            assert process.stdout is not None
            first = process.stdout.read(1)
            seconds = time.perf_counter() - begun
            while process.stdout.read(1 << 16):
                pass
        if not first:
            raise CommandError(f"gru-tui {' '.join(arguments)} wrote nothing")
        return seconds

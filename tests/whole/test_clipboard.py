"""What is copied in the app arrives in a real tmux whose set-clipboard is on."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gru_tui.runs.store import Store
from tests.app.made_up_run import SAMPLES, made_up_run

CHECKOUT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0  # seconds; the machine may be busy with other tests


class Tmux:
    """A server of its own."""

    def __init__(self, socket: Path) -> None:
        self._socket = str(socket)

    def __call__(self, *arguments: str) -> str:
        done = subprocess.run(
            ["tmux", "-f", "/dev/null", "-S", self._socket, *arguments],
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            capture_output=True,
            check=False,
        )
        return done.stdout.decode()


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    if shutil.which("tmux") is None:
        pytest.skip("needs apt-get install tmux")
    tmux = Tmux(tmp_path / "tmux")
    yield tmux
    tmux("kill-server")


def test_a_sample_that_is_copied_is_in_tmux_s_buffer(tmux: Tmux, tmp_path: Path) -> None:
    home = tmp_path / "data"
    made_up_run(Store(home))
    program = [
        "env",
        f"GRU_TUI_HOME={home}",
        f"PYTHONPATH={CHECKOUT}",
        sys.executable,
        "-m",
        "gru_tui",
    ]
    tmux("start-server", ";", "set", "-g", "set-clipboard", "on", ";",
         "new-session", "-d", "-x", "80", "-y", "24", *program)  # fmt: skip
    until(lambda: "step 470" in tmux("capture-pane", "-p"), "the sample is shown")
    tmux("send-keys", "y")
    until(lambda: "Sent" in tmux("capture-pane", "-p"), "the app says that it has sent it")
    until(lambda: tmux("show-buffer").endswith(SAMPLES[470]), "tmux has it")


def until(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.1)

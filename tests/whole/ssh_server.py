"""A real OpenSSH server on the loopback, with keys and settings of its own."""

import contextlib
import getpass
import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.whole.terminal import CHECKOUT

INSTALL = "needs an OpenSSH server and client: apt-get install -y openssh-server"
NOTICED = 2  # seconds until the server misses a client that answers no more

KERNELS = ("OPENBLAS_", "NPY_", "MKL_", "VECLIB_")  # variables by which the numbers are computed
SETTINGS = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
AuthorizedKeysFile {folder}/user.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
ClientAliveInterval 1
ClientAliveCountMax {missed}
"""


class SshServer:
    """`arguments` are those of an ssh client that runs the app on `home`."""

    def __init__(self, folder: Path, port: int) -> None:
        self._folder, self._port = folder, port

    def arguments(self, home: Path) -> list[str]:
        settings = {
            "GRU_TUI_HOME": str(home),
            "PYTHONPATH": str(CHECKOUT),
            "TERM": "xterm-256color",
        }
        settings["GRU_TUI_CACHE"] = os.environ["GRU_TUI_CACHE"]
        # A login starts with none of them, and another kernel rounds another way.
        settings |= {name: value for name, value in os.environ.items() if name.startswith(KERNELS)}
        words = [f"{name}={shlex.quote(value)}" for name, value in settings.items()]
        program = f"exec env {' '.join(words)} {shlex.quote(sys.executable)} -m gru_tui"
        options = ("StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR")
        return [
            "-F/dev/null",
            *("-tt", "-p", str(self._port), "-i", str(self._folder / "user")),
            *(part for option in options for part in ("-o", option)),
            f"{getpass.getuser()}@127.0.0.1",
            program,
        ]


@contextlib.contextmanager
def ssh_server(folder: Path) -> Iterator[SshServer]:
    """Runs in here; skips where OpenSSH is missing."""
    server = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin:/usr/local/sbin")
    if server is None or shutil.which("ssh") is None:
        pytest.skip(INSTALL)
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # where it shuts its children in
    folder.mkdir(mode=0o700, parents=True)
    for name in ("host", "user"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True
        )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = folder / "settings"
    settings.write_text(SETTINGS.format(port=port, folder=folder, missed=NOTICED))
    log = folder / "log"
    process = subprocess.Popen([server, "-D", "-f", str(settings), "-E", str(log)])
    try:
        _until_it_listens(process, port, log)
        yield SshServer(folder, port)
    finally:
        process.terminate()
        process.wait()


def _until_it_listens(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + 10
    while True:
        assert process.poll() is None, log.read_text()
        with (
            contextlib.suppress(ConnectionRefusedError),
            socket.create_connection(("127.0.0.1", port), timeout=1),
        ):
            return
        assert time.monotonic() < deadline, "the SSH server does not listen"
        time.sleep(0.02)

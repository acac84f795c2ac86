"""Row 6: closing the app, in whatever way, never touches training, and leaves nothing behind."""

import contextlib
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gru_tui.runs.store import Store
from gru_tui.runs.summary import Summary
from tests.runs.living import live
from tests.runs.making import digest, kill, last, new_run, until
from tests.whole.ssh_server import NOTICED, SshServer, ssh_server
from tests.whole.terminal import PATIENCE, Terminal

PLAN: dict[str, Any] = {
    "hidden_size": 48,
    "steps": 1500,
    "epochs": 0,
    "checkpoint_every": 500,
    "sample_every": 50,
    "sample_length": 40,
}
CTRL_Q, CTRL_S = "\x11", "\x13"
PROMISED = 2.0  # seconds until the app is gone after a hang-up or a signal
BUSY = 0.9  # seconds of computing that an orderly end may take; one that spins takes all there are
TICKS = os.sysconf("SC_CLK_TCK")


def press_the_key(terminal: Terminal, app: int) -> None:
    terminal.press(CTRL_Q)


def hang_up(terminal: Terminal, app: int) -> None:
    os.kill(app, signal.SIGHUP)


def terminate(terminal: Terminal, app: int) -> None:
    os.kill(app, signal.SIGTERM)


def kill_it(terminal: Terminal, app: int) -> None:
    os.kill(app, signal.SIGKILL)


def close_the_terminal(terminal: Terminal, app: int) -> None:
    os.close(terminal.child.child_fd)


def kill_the_ssh_client(terminal: Terminal, app: int) -> None:
    os.kill(terminal.child.pid, signal.SIGKILL)


def silence_the_ssh_client(terminal: Terminal, app: int) -> None:
    """As if the line were cut: the server hears nothing any more and gives up by itself."""
    os.kill(terminal.child.pid, signal.SIGSTOP)


LOCAL = {
    "the key": press_the_key,
    "SIGHUP": hang_up,
    "SIGTERM": terminate,
    "SIGKILL": kill_it,
    "the terminal closed": close_the_terminal,
}
REMOTE = {
    "ssh client killed": kill_the_ssh_client,
    "ssh client silent": silence_the_ssh_client,
}
WAYS = {**LOCAL, **REMOTE}


@dataclass
class Worst:
    """Of all detaches so far."""

    seconds: float = 0.0
    computing: float = 0.0


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> str:
    run = new_run(Store(tmp_path_factory.mktemp("undisturbed")), **PLAN)
    assert live(run) == 0
    return digest(last(run))


@contextlib.contextmanager
def opened(home: Path, server: SshServer | None) -> Iterator[Terminal]:
    terminal = Terminal(home, server.arguments(home), command="ssh") if server else Terminal(home)
    try:
        yield terminal
    finally:
        with contextlib.suppress(OSError):
            terminal.kill()


def detach(home: Path, way: str, server: SshServer | None, expected: str, worst: Worst) -> None:
    """Begin a run in the app, leave the app in that way, and see what becomes of both."""
    run = new_run(Store(home), **PLAN)
    try:
        with opened(home, server) as terminal:
            terminal.until_shown("The trainer is gone", run.name)
            terminal.press(CTRL_S)
            terminal.until_shown("● running", "loss")
            if random.random() < 0.3:  # with a writing process of its own
                terminal.press("3")
                terminal.until_shown("Write with")
            until_then = time.monotonic() + random.random() * 0.5
            terminal.until(lambda: time.monotonic() > until_then, "the moment")
            (app,) = apps(home)
            assert Summary(run).state == "running"
            above = parent(app)
            WAYS[way](terminal, app)
            if "ssh" in way:  # a hang-up begins when the server has given the client up
                until(lambda: parent(app) != above, "the server's patience", seconds=20 * NOTICED)
            watch_it_go(app, worst, by_key=way == "the key")
        until(lambda: not run.is_alive(), "the end of the run", seconds=120)
        ended = Summary(run)
        assert (ended.state, ended.step) == ("finished", PLAN["steps"]), ended.reason
        assert digest(last(run)) == expected
        until(lambda: not belonging(home), "no stray process", seconds=PROMISED)
    finally:
        kill(run)


def watch_it_go(app: int, worst: Worst, *, by_key: bool) -> None:
    """The process ends in time, and does not spin until then."""
    within = PATIENCE if by_key else PROMISED
    # With several processes to a core, each has only its part of a second.
    within *= max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    began, before = time.monotonic(), computed(app) or 0.0
    after = before
    while (now := computed(app)) is not None:
        after = now
        waited = time.monotonic() - began
        assert waited < within, f"the app is still there after {waited:.1f} s"
        time.sleep(0.01)
    if not by_key:
        worst.seconds = max(worst.seconds, time.monotonic() - began)
    worst.computing = max(worst.computing, after - before)
    assert after - before < BUSY


def computed(process: int) -> float | None:
    """Seconds of a processor that it has used; None when it has ended."""
    fields = stat(process)
    return (int(fields[11]) + int(fields[12])) / TICKS if fields else None


def parent(process: int) -> int:
    """The process that began it, or that took it over; 0 when it has ended."""
    fields = stat(process)
    return int(fields[1]) if fields else 0


def stat(process: int) -> list[str]:
    """What the kernel says of it, from its state on; nothing when it has ended."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [] if fields[0] == "Z" else fields


def belonging(home: Path) -> dict[int, str]:
    """Every process that was begun with this data directory: its id and its command."""
    mark, found = f"GRU_TUI_HOME={home}".encode(), {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if command:
                    found[int(folder.name)] = command
    return found


def apps(home: Path) -> list[int]:
    said = f"{sys.executable} -m gru_tui "  # not the ssh client, whose words are the same
    return [number for number, command in belonging(home).items() if command == said]


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs Linux's /proc")
@pytest.mark.parametrize("where", ["here", "over ssh"])
@pytest.mark.rounds(short=1, long=200)
def test_closing_the_app_never_touches_training(
    where: str, tmp_path: Path, rounds: int, undisturbed: str, figure: Callable[[str], None]
) -> None:
    ways = list(REMOTE if where == "over ssh" else LOCAL)
    if rounds == 1:
        ways = ["ssh client killed"] if where == "over ssh" else ["the terminal closed"]
    count = rounds if rounds == 1 else max(1, round(rounds * len(ways) / len(WAYS)))
    worst = Worst()
    with contextlib.ExitStack() as stack:
        server = None
        if where == "over ssh":
            server = stack.enter_context(ssh_server(tmp_path / "ssh"))
        for turn in range(count):
            home = tmp_path / str(turn) / "data"
            detach(home, ways[turn % len(ways)], server, undisturbed, worst)
    figure(
        f"row 6: {count} detaches {where} ({', '.join(ways)}): final parameters identical in all; "
        f"the app gone after at most {worst.seconds:.1f} s and {worst.computing:.2f} s of computing"
    )

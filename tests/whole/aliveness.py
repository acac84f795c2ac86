"""Trainers that die, stop or fall silent, and how soon and how truly that is told."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from gru_tui.runs import death, launch, summary
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from gru_tui.runs.summary import Summary
from tests.commands.program import Program
from tests.runs.making import kill, new_run, processes, until

PROMISED = 2.0  # seconds until a dead trainer is flagged
PLAN: dict[str, Any] = {"steps": 0, "epochs": 0, "checkpoint_every": 50}
LONG_AGO = 90  # seconds
STARTER = "import sys; from pathlib import Path; from gru_tui.runs import launch, run\n"
STARTER += "launch.start(run.Run(Path(sys.argv[1])))"


def started(store: Store, *, orphan: bool = False, **changes: Any) -> Run:
    """A run that trains; `orphan`: whoever started it is gone already."""
    run = new_run(store, **{**PLAN, **changes})
    if orphan:
        subprocess.run([sys.executable, "-c", STARTER, str(run.path)], check=True)
    else:
        launch.start(run)
    reach(run, 20)
    return run


def reach(run: Run, step: int) -> None:
    """Return when it has come to that step."""
    seen = Summary(run)
    until(lambda: seen.update() and seen.step >= step, f"step {step}")


def flagged(seen: Summary, within: float = PROMISED) -> float:
    """Seconds until a viewer says that the run is dead; looks as often as the app does."""
    began = time.monotonic()
    while not seen.update() or seen.state != summary.INTERRUPTED:
        assert time.monotonic() - began < within, f"still shown as {seen.state}"
        time.sleep(0.2)
    return time.monotonic() - began


def killed(store: Store, number: int, *, orphan: bool, processes_: int, pause: float) -> float:
    """Kill a trainer after a while; seconds until it was flagged, with the right reason."""
    run = started(store, orphan=orphan, processes=processes_)
    try:
        time.sleep(pause)
        seen = Summary(run)
        assert seen.state == "running"
        os.kill(processes(run)[0], number)
        seconds = flagged(seen)
        unseen = orphan and number == signal.SIGKILL
        known = "killed: it ended without a word" if unseen else death.killed_by(number)
        until(lambda: seen.reason == known, f"{known}, not {seen.reason}", seconds=PROMISED)
        assert not processes(run)
        return seconds
    finally:
        kill(run)


def stopped_is_silent_not_dead(store: Store, program: Program, *, state: str = "running") -> None:
    """SIGSTOP: told as silence by every viewer; SIGCONT: it is running again at once."""
    from gru_tui.runs.command import send

    run = started(store)
    (trainer,) = processes(run)
    try:
        seen = Summary(run)
        if state == "paused":
            send(run, "pause")
            until(lambda: seen.update() and seen.state == "paused", "the pause")
        os.kill(trainer, signal.SIGSTOP)
        assert seen.silent_seconds == 0
        backdate(run)
        seen.update()
        assert (seen.state, seen.alive) == (state, True)
        assert LONG_AGO <= seen.silent_seconds < LONG_AGO + PROMISED
        assert seen.reason == f"no news for {seen.silent_seconds} s"
        (told,) = json.loads(program("runs", "--json").out)
        assert told["state"] == state
        assert told["silent_seconds"] >= LONG_AGO
        assert f"{state}, no news for " in program("runs").out
        os.kill(trainer, signal.SIGCONT)
        until(lambda: (seen.update(), seen.silent_seconds)[1] == 0, "news", seconds=PROMISED)
        assert seen.state == state
    finally:
        kill(run)


def backdate(run: Run) -> None:
    """As if the trainer's last sign of life lay some time back; only for one that is stopped."""
    then = time.time() - LONG_AGO
    os.utime(run.events, (then, then))


def group_with_little_memory() -> Path:
    """A control group whose processes the kernel ends early; skips where one may not make one."""
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", maxsplit=2)
        if controllers and "memory" not in controllers.split(","):
            continue
        root, limit = "/sys/fs/cgroup", "memory.max"
        if controllers:
            root, limit = "/sys/fs/cgroup/memory", "memory.limit_in_bytes"
        group = Path(root + path) / f"gru-tui-{os.getpid()}"
        try:
            group.mkdir()
            (group / limit).write_text(str(120 << 20))
        except OSError:
            if group.exists():
                group.rmdir()
            continue
        return group
    pytest.skip("this user may not make a control group with a limit of memory")


def ended_for_want_of_memory(store: Store) -> str:
    """The reason that is told of a trainer that the kernel has ended."""
    run = new_run(store, **{**PLAN, "hidden_size": 1024, "layers": 2, "batch_size": 64})
    group = group_with_little_memory()
    enter = f"open({str(group / 'cgroup.procs')!r}, 'w').write(str(__import__('os').getpid()))\n"
    try:
        subprocess.run([sys.executable, "-c", enter + STARTER, str(run.path)], check=False)
        until(lambda: not run.is_alive(), "the kernel's kill")
        seen = Summary(run)
        assert seen.state == summary.INTERRUPTED
        return seen.reason
    finally:
        kill(run)
        until(lambda: not (group / "cgroup.procs").read_text(), "an empty group")
        group.rmdir()

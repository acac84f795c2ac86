"""Why a trainer is gone that said nothing, as its notes, its parent and the kernel tell it."""

import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from threading import Event, Thread

import msgspec
import pytest

from corpora.errors import ReportedError
from engine import control_group
from gru_tui.runs import death

WITHOUT_A_WORD = "killed: it ended without a word"
BY_THE_KERNEL = "killed by the kernel (out of memory)"
PROBABLY = "killed, probably by the kernel, which ran out of memory meanwhile"
TRAINER, BORN = 4242, 100.0  # its process id; seconds on the clock of the kernel's log


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A kernel of which nothing is known but what is written below that folder."""
    monkeypatch.setattr(death, "KERNEL_LOG", tmp_path / "kmsg")
    monkeypatch.setattr(death, "SYSTEM", tmp_path / "vmstat")
    monkeypatch.setattr(control_group, "ROOT", tmp_path / "cgroup")
    (tmp_path / "cgroup").mkdir()
    return tmp_path


def born(folder: Path, kills: Mapping[str, int] | None = None, *, host: str = "") -> None:
    """Note down a birth, with the counts in files below that folder."""
    counts = {str(folder / name): count for name, count in (kills or {}).items()}
    birth = death.Birth(TRAINER, 1.0, uptime=BORN, kills=counts, host=host)
    (folder / death.BIRTH).write_bytes(msgspec.json.encode(birth))


@pytest.mark.parametrize(
    ("pid", "status", "reason"),
    [
        (TRAINER, -signal.SIGKILL, "killed by SIGKILL"),
        (TRAINER, -signal.SIGTERM, "killed by SIGTERM"),
        (TRAINER, -99, "killed by signal 99"),
        (TRAINER, 0, WITHOUT_A_WORD),
        (TRAINER, 1, WITHOUT_A_WORD),  # its parent has seen no signal
        (TRAINER + 1, -signal.SIGTERM, WITHOUT_A_WORD),  # the one before
    ],
)
def test_what_its_parent_has_seen_is_told_if_it_was_this_trainer(
    machine: Path, pid: int, status: int, reason: str
) -> None:
    born(machine)
    death.record_end(machine, pid, status)
    assert death.reason(machine) == reason


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (
            "6,1,100000001,-;Out of memory: Killed process 4242 (python3) total-vm:1kB",
            BY_THE_KERNEL,
        ),
        ("6,1,100000001,-;Memory cgroup out of memory: Killed process 4242 (x)", BY_THE_KERNEL),
        ("6,1,100000001,-;Out of memory: Killed process 4243 (python3)", WITHOUT_A_WORD),
        ("6,1,99000000,-;Out of memory: Killed process 4242 (python3)", WITHOUT_A_WORD),
        ("6,1,?;Out of memory: Killed process 4242 (python3)", WITHOUT_A_WORD),
        ("6,1,100000001,-;Killed process 4242 (python3)", WITHOUT_A_WORD),
    ],
)
def test_the_kernels_log_has_to_name_this_process_since_it_was_born(
    machine: Path, record: str, reason: str
) -> None:
    born(machine)
    (machine / "kmsg").write_text(record)
    assert death.reason(machine) == reason


def test_who_ended_by_another_signal_was_not_ended_for_want_of_memory(machine: Path) -> None:
    born(machine, {"vmstat": 2})
    (machine / "vmstat").write_text("oom_kill 3\n")
    assert death.reason(machine) == PROBABLY
    death.record_end(machine, TRAINER, -signal.SIGKILL)
    assert death.reason(machine) == PROBABLY
    death.record_end(machine, TRAINER, -signal.SIGTERM)
    assert death.reason(machine) == "killed by SIGTERM"


def test_its_own_group_knows_better_than_the_whole_system_for_as_long_as_it_is_there(
    machine: Path,
) -> None:
    group, system = machine / "cgroup" / "memory.events", machine / "vmstat"
    born(machine, {"cgroup/memory.events": 1, "vmstat": 2})
    system.write_text("nr_free_pages 9\noom_kill 3\n")
    group.write_text("oom 7\noom_kill 1\n")
    assert death.reason(machine) == WITHOUT_A_WORD
    group.write_text("oom 7\noom_kill 2\n")
    assert death.reason(machine) == PROBABLY
    group.unlink()
    assert death.reason(machine) == PROBABLY
    system.write_text("nr_free_pages 9\noom_kill 2\n")
    assert death.reason(machine) == WITHOUT_A_WORD


def test_what_was_counted_before_its_birth_is_noted_then(machine: Path) -> None:
    (machine / "vmstat").write_text("oom_kill 3\n")
    death.record_birth(machine)
    assert death.reason(machine) == WITHOUT_A_WORD
    (machine / "vmstat").write_text("oom_kill 4\n")
    assert death.reason(machine) == PROBABLY


@pytest.mark.parametrize("host", ["", os.uname().nodename])
def test_for_a_trainer_of_this_machine_nobody_waits(machine: Path, host: str) -> None:
    begun = time.monotonic()
    death.check_not_elsewhere(machine, machine / "events.jsonl")  # never trained
    born(machine, host=host)
    death.check_not_elsewhere(machine, machine / "events.jsonl")
    assert time.monotonic() - begun < death.SIGN_OF_LIFE


def test_one_of_another_machine_is_one_only_if_it_shows_a_sign_of_life(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    born(machine, host="node7")
    events, ended = machine / "events.jsonl", Event()
    events.touch()
    with monkeypatch.context() as patch:
        patch.setattr(death, "SIGN_OF_LIFE", 3 * death.LOOK)
        death.check_not_elsewhere(machine, events)

    def live() -> None:
        while not ended.wait(death.LOOK / 10):
            os.utime(events)

    trainer = Thread(target=live)
    trainer.start()
    try:
        with pytest.raises(ReportedError, match="is being trained on node7, which shares its"):
            death.check_not_elsewhere(machine, events)
    finally:
        ended.set()
        trainer.join()

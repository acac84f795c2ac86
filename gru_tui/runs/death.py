"""Why a trainer is gone that said nothing: what it left at birth, its parent and the kernel know.

Whether it is gone is no question for this file: the lock says that, never a process id.
"""

import os
import re
import signal
import time
from pathlib import Path
from typing import TypeVar

import msgspec

from corpora.errors import ReportedError
from corpora.whole_file import write_whole
from engine import control_group
from gru_tui.runs import trainer_log

BIRTH, END = "trainer.json", "trainer.exit.json"
BOOT = Path("/proc/sys/kernel/random/boot_id")
KERNEL_LOG = Path("/dev/kmsg")
SYSTEM = Path("/proc/vmstat")  # where such ends are counted, and in a control group
IN_A_GROUP = ("memory.events", "memory.oom_control")  # of either version
KILLED_FOR_MEMORY = re.compile(r"out of memory: Killed process (\d+) ", re.IGNORECASE)
MOST_RECORDS = 20_000  # of the kernel's log
# How faulthandler, which has the last word in the trainer's own log, calls the signals.
FATAL = re.compile(r"^Fatal Python error: (.*)$", re.MULTILINE)
SIGNALS = {
    "Aborted": signal.SIGABRT,
    "Bus error": signal.SIGBUS,
    "Floating-point exception": signal.SIGFPE,
    "Illegal instruction": signal.SIGILL,
    "Segmentation fault": signal.SIGSEGV,
}
CAUSES = {signal.SIGBUS: "a file that it reads, as text.ids, was cut short, or the disk fails"}
SIGN_OF_LIFE, LOOK = 3.0, 0.1  # s: a trainer shows one every second; between two looks for it
RECORD = 8192  # bytes, the kernel's own limit for one

T = TypeVar("T")


class Birth(msgspec.Struct, frozen=True):
    """The process that took the lock, and how the machine stood then."""

    pid: int
    time: float  # seconds since 1970
    boot: str = ""  # another one means that the machine was restarted
    uptime: float = 0.0  # seconds on the clock of the kernel's log
    kills: dict[str, int] = {}  # by each counter: processes ended for want of memory
    host: str = ""  # the machine that all this is true of
    log: int = 0  # bytes that its log had already


class End(msgspec.Struct, frozen=True):
    """What the process that had started the trainer saw of its end, if it was still there."""

    pid: int
    status: int  # as subprocess counts: below zero, a signal


def record_birth(folder: Path) -> None:
    """Note down who trains from now on; where that cannot be written, reasons stay unknown."""
    kills = {str(path): count for path in _counters() if (count := _kills(path)) is not None}
    now, log = time.time(), trainer_log.size(folder / trainer_log.FILE)
    birth = Birth(os.getpid(), now, _boot(), time.monotonic(), kills, _host(), log)
    _write(folder / BIRTH, birth)


def record_end(folder: Path, pid: int, status: int) -> None:
    """Note down how a child ended that may have had no time to say so itself."""
    if status < 0:
        _write(folder / END, End(pid, status))


def check_not_elsewhere(folder: Path, events: Path) -> None:
    """Raise ReportedError where a trainer lives on another machine that shares the folder.

    Not every file system that machines share tells one of another's locks (Lustre with localflock,
    NFS with local_lock). But a trainer that lives touches its events every second.
    """
    birth = _read(folder / BIRTH, Birth)
    if birth is None or birth.host in ("", _host()):
        return
    before, deadline = _touched(events), time.monotonic() + SIGN_OF_LIFE
    while time.monotonic() < deadline:
        time.sleep(LOOK)
        if _touched(events) != before:
            raise ReportedError(
                f"run {folder.name} is being trained on {birth.host[:64]}, which shares its "
                "folder; stop it there first"
            )


def _touched(path: Path) -> tuple[int, int]:
    """When, and how large it is; opened, because a network file system looks anew only then."""
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size


def reason(folder: Path) -> str:
    """Why the last trainer ended without a word; "" where nobody knows."""
    birth = _read(folder / BIRTH, Birth)
    if birth is None:
        return ""
    if birth.host not in ("", _host()):
        return f"its trainer on {birth.host[:64]} is gone, or out of sight from here"
    if birth.boot and _boot() not in ("", birth.boot):
        return "the machine was restarted"
    end = _read(folder / END, End)
    seen = -end.status if end is not None and end.pid == birth.pid else 0
    number = seen or _told_by_python(folder, birth)
    if number in (0, signal.SIGKILL):
        if _named_by_the_kernel(birth):
            return "killed by the kernel (out of memory)"
        if _more_kills(birth):
            return "killed, probably by the kernel, which ran out of memory meanwhile"
    return killed_by(number) if number else "killed: it ended without a word"


def killed_by(number: int) -> str:
    """How a signal is told as the reason."""
    try:
        known = signal.Signals(number)
    except ValueError:
        return f"killed by signal {number}"
    return f"killed by {known.name}" + (f": {CAUSES[known]}" if known in CAUSES else "")


def _told_by_python(folder: Path, birth: Birth) -> int:
    """The signal that stands in the log of this life; 0 where there is none."""
    told = FATAL.findall(trainer_log.tail(folder / trainer_log.FILE, birth.log))
    return SIGNALS.get(told[-1], 0) if told else 0


def _host() -> str:
    return os.uname().nodename


def _boot() -> str:
    return _text(BOOT).strip()


def _more_kills(birth: Birth) -> bool:
    """Whether the kernel has ended processes since: in the trainer's own group, or at all."""
    for path, before in birth.kills.items():
        now = _kills(Path(path)) if _is_counter(path) else None
        if now is not None:
            return now > before
    return False


def _is_counter(path: str) -> bool:
    """Whether one may read there: whoever has written the note may be a stranger."""
    place = Path(path)
    inside = place.is_relative_to(control_group.ROOT) and place.name in IN_A_GROUP
    return (inside or place == SYSTEM) and ".." not in place.parts and "\0" not in path


def _kills(path: Path) -> int | None:
    for line in _text(path).splitlines():
        name, _, count = line.partition(" ")
        if name == "oom_kill" and count.strip().isdigit():
            return int(count)
    return None


def _counters() -> list[Path]:
    """Who counts such ends: the control group of this process, in either version; the system."""
    groups = control_group.own_groups("memory")
    return [*(group / name for group in groups for name in IN_A_GROUP), SYSTEM]


def _named_by_the_kernel(birth: Birth) -> bool:
    """Whether the kernel's log, where one may read it, says that it has ended this process."""
    try:
        descriptor = os.open(KERNEL_LOG, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        for _ in range(MOST_RECORDS):
            try:
                line = os.read(descriptor, RECORD).decode(errors="replace")
            except BrokenPipeError:  # that record was overwritten; the next one is there
                continue
            head, _, words = line.partition(";")
            found = KILLED_FOR_MEMORY.search(words)
            if found and int(found[1]) == birth.pid and _uptime(head) >= birth.uptime:
                return True
    except OSError:  # no more records, or none that one may read
        return False
    finally:
        os.close(descriptor)
    return False


def _uptime(head: str) -> float:
    """Seconds, from the head of a record: priority, number, microseconds, flags."""
    parts = head.split(",")
    return int(parts[2]) / 1e6 if len(parts) > 2 and parts[2].isdigit() else 0.0


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def _write(path: Path, value: Birth | End) -> None:
    try:
        write_whole(path, msgspec.json.encode(value))
    except OSError:
        return


def _read(path: Path, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None

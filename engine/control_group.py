"""What a control group leaves: of its own group and of all around it, the one that leaves least.

A container sees its group as the root. On a machine that many share, each user's or service's
group is somewhere beneath (systemd's CPUQuota= and MemoryMax=). Both of Linux's versions:
https://docs.kernel.org/admin-guide/cgroup-v2.html and .../cgroup-v1/.
"""

import contextlib
import math
import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
MEMBERSHIP = Path("/proc/self/cgroup")
# Of files: it counts as used, but the system takes it back at need.
CACHED = {
    "active_file",
    "inactive_file",
    "total_active_file",  # with the groups beneath, in version 1
    "total_inactive_file",
}


def processors() -> float:
    """The processors' worth of time that this process may use; infinite without a limit."""
    return min((_quota(group) for group in _groups("cpu")), default=math.inf)


def memory() -> float:
    """Bytes that this process can still get; infinite without a limit."""
    return min((_room(group) for group in _groups("memory")), default=math.inf)


def own_groups(controller: str) -> Iterator[Path]:
    """The folder of this process's own group, in each version that has one for the controller."""
    for line in _text(MEMBERSHIP).splitlines():
        _, controllers, path = line.split(":", maxsplit=2)
        if not controllers:
            yield Path(f"{ROOT}{path}")
        elif controller in controllers.split(","):
            yield Path(f"{ROOT}/{controller}{path}")


def _groups(controller: str) -> Iterator[Path]:
    """The folders of the groups that bind this process, from its own outwards."""
    for own in own_groups(controller):
        yield from (group for group in (own, *own.parents) if group.is_relative_to(ROOT))


def _quota(group: Path) -> float:
    with contextlib.suppress(ValueError):  # nothing there, or "max"
        limit, period = map(int, _text(group / "cpu.max").split())
        return limit / period
    with contextlib.suppress(ValueError):
        limit, period = (int(_text(group / f"cpu.cfs_{name}_us")) for name in ("quota", "period"))
        if limit > 0:
            return limit / period
    return math.inf


def _room(group: Path) -> float:
    for limit, usage in (
        ("memory.max", "memory.current"),
        ("memory.limit_in_bytes", "memory.usage_in_bytes"),
    ):
        with contextlib.suppress(ValueError):
            most, used = int(_text(group / limit)), int(_text(group / usage) or 0)
            return max(0, most - max(0, used - _cached(group)))
    return math.inf


def _cached(group: Path) -> int:
    pairs = [line.split() for line in _text(group / "memory.stat").splitlines()]
    found = {name: int(count) for name, count in pairs if name in CACHED}
    whole = [count for name, count in found.items() if name.startswith("total_")]
    return sum(whole or found.values())


def _text(path: Path) -> str:
    try:
        return os.fsdecode(path.read_bytes())  # a group's name is a folder's, of any bytes
    except OSError:
        return ""

"""How much memory processes hold: read from Linux's /proc, None where there is none."""

from pathlib import Path

PROC = Path("/proc")


def peak_of_this_process() -> float | None:
    """The most that this process ever held, in MB.

    Not getrusage's ru_maxrss: that one begins with what the parent held at the fork.
    """
    return _field(PROC / "self" / "status", "VmHWM")


def of_tree(pid: int) -> float | None:
    """What a process and its descendants hold now, in MB, shared memory counted once.

    The sum of what each has for itself, and the largest shared part: for one process that
    is its resident set, for two that share all they share it is exact.
    """
    alone, shared = 0.0, 0.0
    for one in (pid, *_descendants(pid)):
        rollup = PROC / str(one) / "smaps_rollup"
        private = [_field(rollup, f"Private_{kind}") for kind in ("Clean", "Dirty")]
        common = [_field(rollup, f"Shared_{kind}") for kind in ("Clean", "Dirty")]
        if None in private or None in common:
            if one == pid:
                return None
            continue  # it has just ended
        alone += sum(size or 0 for size in private)
        shared = max(shared, sum(size or 0 for size in common))
    return alone + shared


def _descendants(pid: int) -> list[int]:
    found: list[int] = []
    for path in (PROC / str(pid) / "task").glob("*/children"):
        try:
            children = [int(child) for child in path.read_text(encoding="ascii").split()]
        except OSError:
            continue
        for child in children:
            found += [child, *_descendants(child)]
    return found


def _field(path: Path, name: str) -> float | None:
    """A "Name:  1234 kB" line, in MB."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        return None
    for line in text.splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1024 / 1e6
    return None

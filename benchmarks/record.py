"""A results file: the rows of one benchmark, and where, when and with what they were measured."""

import argparse
import datetime
import importlib.metadata
import json
import os
import platform
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np  # noqa: F401 - loads the BLAS that threadpoolctl then describes
from table import Table
from threadpoolctl import threadpool_info

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
FRAMEWORKS = ("gru-tui", "numpy", "torch", "jax")

Row = dict[str, Any]


@dataclass
class Record:
    """One benchmark's outcome. `rows` are its measurements, `summary` what follows from them."""

    benchmark: str
    machine: dict[str, Any]
    versions: dict[str, Any]
    date: str
    command: str
    settings: dict[str, Any]
    rows: list[Row] = field(default_factory=list)
    summary: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @classmethod
    def begin(cls, benchmark: str, settings: dict[str, Any]) -> "Record":
        """An empty record of a benchmark that starts now on this machine."""
        return cls(
            benchmark=benchmark,
            machine=machine(),
            versions=versions(),
            date=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            command=shlex.join(["python", f"benchmarks/{benchmark}.py", *sys.argv[1:]]),
            settings=settings,
        )

    @classmethod
    def read(cls, path: Path) -> "Record":
        """The record that `write` put there."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))

    def to_json(self) -> str:
        """The whole, a field or a row a line, floats to six digits."""
        lines = []
        for name, value in rounded(asdict(self)).items():
            if name == "rows" and value:
                rows = ",\n  ".join(json.dumps(row, ensure_ascii=False) for row in value)
                lines.append(f'"rows": [\n  {rows}\n ]')
            else:
                lines.append(f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}")
        return "{\n " + ",\n ".join(lines) + "\n}\n"

    def write(self, name: str) -> Path:
        """Put it into results/, under the benchmark's name and, where there is one, `name`."""
        RESULTS.mkdir(exist_ok=True)
        path = RESULTS / f"{self.benchmark}{'-' if name else ''}{name}.json"
        unfinished = path.with_suffix(".unfinished")
        unfinished.write_text(self.to_json(), encoding="utf-8")
        unfinished.replace(path)
        return path

    def add(self, row: Row, write: str | None) -> None:
        """Take in one more row, and write down what there is so far: a long run may be cut off."""
        self.rows.append(row)
        if write is not None:
            self.write(write)


def output_options(parser: argparse.ArgumentParser) -> None:
    """The options that every benchmark has."""
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--quick", action="store_true", help="a small and short run, to try it out")
    parser.add_argument(
        "--write",
        nargs="?",
        const="",
        metavar="NAME",
        help="write results/BENCHMARK.json, or results/BENCHMARK-NAME.json",
    )


def deliver(
    record: Record, options: argparse.Namespace, tables: Callable[[Record], Sequence[Table]]
) -> None:
    """Print the record as the options ask for, and write it down."""
    if options.write is not None:
        print(f"written: {record.write(options.write)}", file=sys.stderr)
    if options.json:
        print(record.to_json(), end="")
        return
    print(heading(record))
    for one in tables(record):
        print("\n" + one.plain())
    for note in record.notes:
        print(f"\nNote: {note}")


def heading(record: Record) -> str:
    """One sentence on the machine and the versions."""
    box, used = record.machine, record.versions
    names = ", ".join(f"{name} {used[name]}" for name in FRAMEWORKS if used.get(name))
    blas = ", ".join(
        f"{one['name']} {one['version']} ({one['architecture']})" for one in used["blas"]
    )
    return (
        f"{box['cpu']}, {box['cores']} cores usable, {box['memory_gb']:.0f} GB, {box['system']}; "
        f"Python {used['python']}, {names}; NumPy's BLAS: {blas}; {record.date[:10]}"
    )


def machine() -> dict[str, Any]:
    """What the figures depend on and no version says."""
    affinity = getattr(os, "sched_getaffinity", None)
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cpu": _cpu_line("model name") or platform.processor() or platform.machine(),
        "avx512": "avx512f" in _cpu_line("flags").split(),
        "cores": len(affinity(0)) if affinity else os.cpu_count(),
        "memory_gb": round(pages / 1e9, 1),
        "system": platform.platform(),
        "load_average": round(os.getloadavg()[0], 2),
    }


def versions() -> dict[str, Any]:
    """Of the interpreter, the packages (None where one is missing), the BLAS and this checkout."""
    found: dict[str, Any] = {"python": platform.python_version()}
    for name in FRAMEWORKS:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = None
    found["blas"] = [
        {
            "name": one["internal_api"],
            "version": one.get("version"),
            "architecture": one.get("architecture"),
            "threads": one["num_threads"],
        }
        for one in threadpool_info()
        if one["user_api"] == "blas"
    ]
    return found | {"commit": _commit()}


def rounded(value: Any) -> Any:
    """`value` with all floats inside it at six significant digits."""
    match value:
        case float():
            return float(f"{value:.6g}")
        case dict():
            return {name: rounded(one) for name, one in value.items()}
        case list() | tuple():
            return [rounded(one) for one in value]
        case _:
            return value


def _cpu_line(name: str) -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return ""
    for line in text.splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""


def _commit() -> str | None:
    """The checkout's commit; None outside of one."""
    asked = ("git", "-C", str(HERE), "describe", "--always", "--dirty")
    try:
        done = subprocess.run(asked, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()

"""A model that does not fit into memory is refused before anything is allocated."""

import subprocess
import sys

import pytest

from engine import Hyperparameters, footprint
from engine.errors import UsageError

MEASURED = r"""
import re, sys
from pathlib import Path
from engine import Hyperparameters
from engine.machine import Split
from engine.rehearsal import Rehearsal
# Not ru_maxrss, which a new program takes over from the process that started it.
def peak():
    return int(re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())[1]) * 1024
settings = Hyperparameters(cell=sys.argv[1], layers=2, hidden_size=512, batch_size=64)
before = peak()
with Rehearsal(settings, Split(1, 1), 65) as rehearsal:
    rehearsal.step()
print(peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("cell", ["gru", "cifg", "lstm"])
def test_the_estimate_is_within_a_third_of_what_is_used(cell: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, cell], capture_output=True, text=True, check=True
    )
    settings = Hyperparameters.from_mapping(
        {"cell": cell, "layers": 2, "hidden_size": 512, "batch_size": 64, "processes": 1}
    )
    assert footprint.needed(settings, 65) == pytest.approx(int(done.stdout), rel=1 / 3)


def test_what_several_processes_leave_for_one_another_counts() -> None:
    alone = Hyperparameters(layers=2, hidden_size=512, batch_size=64, processes=1)
    many = Hyperparameters.from_mapping({"processes": 16}, alone)
    # Of the layer below in each time step, and of the recurrence in turns.
    mail = 64 * 64 * 512 + 2 * 64 * 512
    assert footprint.needed(many, 65) - footprint.needed(alone, 65) == 15 * 4 * mail


def test_what_does_not_fit_is_named_with_what_would(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(footprint, "available", lambda: 2e9)
    footprint.check_fits(Hyperparameters(), 65)
    with pytest.raises(UsageError, match=r"need [\d.]+ GB, but 1.9 GB are free; hidden_size") as e:
        footprint.check_fits(Hyperparameters(hidden_size=8192, layers=8), 65)
    fitting = int(str(e.value).split("hidden_size ")[-1].split(" ")[0].replace(",", ""))
    footprint.check_fits(Hyperparameters(hidden_size=fitting, layers=8), 65)


def test_a_limit_of_the_control_group_counts(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    limit = tmp_path_factory.mktemp("cgroup") / "memory.max"
    limit.write_text("123456\n")
    monkeypatch.setattr(footprint, "LIMIT", limit)
    assert footprint.available() == 123456
    limit.write_text("max\n")
    assert footprint.available() > 123456

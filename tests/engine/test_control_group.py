"""What a control group leaves, in a container and beneath a user's or a service's own group."""

import math
import os
from pathlib import Path

import pytest

from engine import control_group, footprint, machine

SECOND, FIRST = "0::/user.slice/user-1000.slice\n", "4:cpu,cpuacct:/batch/night\n3:memory:/batch\n"


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(control_group, "ROOT", tmp_path / "cgroup")
    monkeypatch.setattr(control_group, "MEMBERSHIP", tmp_path / "membership")
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(8)), raising=False)
    return tmp_path / "cgroup"


def write(group: Path, **files: str) -> None:
    group.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (group / name.replace("__", ".")).write_text(text + "\n")


@pytest.mark.parametrize(
    ("written", "available"),
    [("max 100000", 8), ("150000 100000", 2), ("50000 100000", 1), ("nonsense", 8)],
)
def test_a_containers_quota_counts_as_cores(root: Path, written: str, available: int) -> None:
    control_group.MEMBERSHIP.write_text("0::/\n")
    write(root, cpu__max=written)
    assert machine.cores() == available


def test_the_narrowest_of_the_groups_around_counts(root: Path) -> None:
    control_group.MEMBERSHIP.write_text(SECOND)
    assert machine.cores() == 8
    write(root / "user.slice" / "user-1000.slice", cpu__max="max 100000")
    write(root / "user.slice", cpu__max="300000 100000")
    assert machine.cores() == 3
    write(root / "user.slice" / "user-1000.slice", cpu__max="200000 100000")
    assert machine.cores() == 2


def test_the_first_version_has_a_tree_for_each_controller(root: Path) -> None:
    control_group.MEMBERSHIP.write_text(FIRST)
    group = root / "cpu" / "batch" / "night"
    write(group, **{"cpu__cfs_quota_us": "400000", "cpu__cfs_period_us": "100000"})
    write(group.parent, **{"cpu__cfs_quota_us": "-1", "cpu__cfs_period_us": "100000"})
    assert control_group.processors() == 4
    assert control_group.memory() == math.inf
    write(root / "memory" / "batch", memory__limit_in_bytes="5000", memory__usage_in_bytes="3000")
    assert control_group.memory() == 2000
    statistics = "active_file 1\ntotal_active_file 300\ntotal_inactive_file 200\ntotal_rss 2500"
    write(root / "memory" / "batch", memory__stat=statistics)
    assert control_group.memory() == 2500


def test_what_is_cached_of_files_is_free(root: Path) -> None:
    control_group.MEMBERSHIP.write_text("0::/\n")
    write(root, memory__max="123456")
    assert footprint.available() == 123456
    write(root, memory__current="100000")
    assert footprint.available() == 23456
    write(root, memory__stat="anon 30000\nactive_file 40000\ninactive_file 20000")
    assert footprint.available() == 83456
    write(root, memory__current="200000")
    assert footprint.available() == 0
    write(root, memory__max="max")
    assert footprint.available() > 123456


def test_where_there_are_no_control_groups_there_is_no_limit(root: Path) -> None:
    assert not root.exists()
    assert (control_group.processors(), control_group.memory()) == (math.inf, math.inf)


def test_a_group_s_name_is_that_of_a_folder_whatever_its_bytes(root: Path) -> None:
    control_group.MEMBERSHIP.write_bytes(b"0::/caf\xe9\n")
    write(root / os.fsdecode(b"caf\xe9"), cpu__max="200000 100000")
    assert machine.cores() == 2

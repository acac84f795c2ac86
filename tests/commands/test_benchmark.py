"""`gru-tui benchmark`: rows for programs, a table for people. No test asserts a speed."""

import contextlib
import json
import signal
import subprocess
import time

import pytest

from engine.shards import sharding_is_safe
from tests.commands.program import Program, one_sentence

TINY = ("--layers", 1, "--hidden-size", 8, "--batch-size", 2, "--sequence-length", 3)
MOMENT = ("--seconds", 0.002)
PROMISED = (
    "cell",
    "layers",
    "hidden_size",
    "batch_size",
    "sequence_length",
    "characters_per_second",
    "gflops",
    "gemm_gflops",
    "processes",
    "blas_threads",
)


def test_json_is_a_list_of_rows_with_the_promised_fields(program: Program) -> None:
    result = program("benchmark", "--json", "--cell", "lstm", *TINY, *MOMENT)
    assert (result.status, result.complaint) == (0, "")
    (row,) = json.loads(result.out)
    assert set(PROMISED) <= set(row)
    assert (row["cell"], row["layers"], row["hidden_size"]) == ("lstm", 1, 8)
    assert (row["batch_size"], row["sequence_length"]) == (2, 3)
    assert min(row[name] for name in PROMISED[5:]) > 0
    assert not program.home.exists()


def test_a_person_sees_the_share_of_the_limit_in_80_columns(program: Program) -> None:
    result = program("benchmark", *TINY, *MOMENT)
    assert (result.status, result.complaint) == (0, "")
    limit, head, row = result.lines
    assert limit.startswith("the limit: ")
    assert head.split()[:3] == ["model", "batch", "length"]
    assert row.startswith("gru 1x8 ")
    assert row.endswith("%")
    assert len(head) == len(row) <= 80


def test_a_choice_for_all_shapes_measures_each_of_them(program: Program) -> None:
    small = ("--batch-size", 1, "--sequence-length", 1, "--processes", 1, "--blas-threads", 1)
    rows = json.loads(program("benchmark", "--json", *small, *MOMENT).out)
    assert len({(row["layers"], row["hidden_size"]) for row in rows}) == len(rows) > 1
    assert len({row["gemm_gflops"] for row in rows}) == 1
    assert {(row["batch_size"], row["processes"]) for row in rows} == {(1, 1)}


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--layers", "0"), "layers is '0'"),
        (("--hidden-size", "1e99"), "hidden_size is '1e99'"),
        (("--cell", "gro"), "cell is 'gro', but it must be one of gru, cifg, lstm"),
        (("--batch-size", "many"), "batch_size is 'many'"),
        (("--layers", "1", "--batch-size", "65536", "--sequence-length", "65536"), "GB are free"),
        (("--sequence-length", "-3"), "sequence_length is '-3'"),
        (("--seconds", "0"), "seconds is '0'"),
        (("--seconds", "nan"), "seconds is 'nan'"),
        (("--second", "1"), "--second"),
        (("surplus",), "surplus"),
    ],
)
def test_a_bad_value_is_named_and_nothing_is_measured(
    program: Program, arguments: tuple[str, ...], named: str
) -> None:
    result = program("benchmark", *arguments)
    assert (result.status, result.raw) == (2, b"")
    assert named in one_sentence(result)


def test_ctrl_c_ends_it_and_its_processes_without_a_traceback(program: Program) -> None:
    if not sharding_is_safe():
        pytest.skip("this machine cannot share a model between processes")
    process = program.start("benchmark", *TINY, "--processes", 2, "--seconds", 600)
    worker = child_of(process.pid)
    process.send_signal(signal.SIGINT)
    out, complaint = process.communicate(timeout=30)
    assert (process.returncode, out, complaint) == (130, b"", b"")
    deadline = time.monotonic() + 20
    while is_running(worker):
        assert time.monotonic() < deadline


def is_running(number: int) -> bool:
    """Whether that process lives; one that only waits to be collected does not."""
    found = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(number)], capture_output=True, text=True, check=False
    )
    return bool(found.stdout.strip()) and not found.stdout.startswith("Z")


def child_of(parent: int) -> int:
    """The process id of the first child, once there is one."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = subprocess.run(
            ["pgrep", "-P", str(parent)], capture_output=True, text=True, check=False
        )
        with contextlib.suppress(IndexError):
            return int(found.stdout.split()[0])
    raise AssertionError(f"{parent} never had a child")

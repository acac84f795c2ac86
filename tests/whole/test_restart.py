"""The machine restarts: `gru-tui resume --all` takes up every run that nobody has stopped."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gru_tui.runs import launch
from gru_tui.runs.command import send
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from gru_tui.runs.summary import Summary
from gru_tui.runs.text import FILE as TEXT
from tests.commands.program import Program, one_sentence
from tests.runs.making import kill, last, new_run, processes, until

ENDLESS: dict[str, Any] = {"steps": 0, "epochs": 0, "checkpoint_every": 10}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "home")
    yield store
    for run in store.all():
        kill(run)


def begun(store: Store) -> Run:
    run = new_run(store, **ENDLESS)
    launch.start(run)
    until(last(run).exists, "a checkpoint")
    return run


def test_after_a_restart_every_interrupted_run_goes_on_and_no_other(store: Store) -> None:
    killed, ended, left = (begun(store) for _ in range(3))
    lost = new_run(store, **ENDLESS)
    (lost.path / TEXT).unlink()
    send(left, "stop")
    for number in processes(ended):
        os.kill(number, signal.SIGTERM)  # as a system does that shuts down
    until(lambda: not (left.is_alive() or ended.is_alive()), "two ends")
    kill(killed)
    assert [Summary(run).state for run in (killed, ended, left)] == [
        "interrupted",
        "stopped",
        "stopped",
    ]
    result = Program(store.folder.parent)("resume", "--all")
    assert result.status == 1
    said = {line.split()[1]: line for line in result.lines}
    assert set(said) == {killed.id, ended.id}
    assert all("goes on from its last checkpoint, step" in line for line in said.values())
    first, second = result.complaint.splitlines()
    assert f"{lost.path / TEXT} is missing or damaged" in first
    assert f"1 of 3 interrupted runs could not go on: {lost.id}" in second
    assert killed.is_alive()
    assert ended.is_alive()
    assert not left.is_alive()
    shutil.rmtree(lost.path)


def test_resume_wants_a_run_or_all_of_them(tmp_path: Path) -> None:
    program = Program(tmp_path / "home")
    for arguments in ((), ("last", "--all")):
        result = program("resume", *arguments)
        assert result.status == 2
        assert "give either RUN or --all" in one_sentence(result)
    assert program("resume", "--all").out == "no run was interrupted\n"

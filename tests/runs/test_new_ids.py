"""The ids that new runs get: in their order, whoever else wants one and whatever the clock says."""

import shutil
import time
from pathlib import Path

import pytest

from corpora import whole_file
from corpora.errors import ReportedError
from gru_tui.runs import config, names
from gru_tui.runs.store import Store
from tests.runs.making import new_run


def test_ids_sort_by_time_also_in_the_night_whose_hour_comes_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    try:
        times = [1_793_000_000.0 + 900 * quarter for quarter in range(-400, 400)]
        ids = [names.ids(now)[0] for now in times]
    finally:
        monkeypatch.undo()
        time.tzset()
    assert ids == sorted(set(ids))
    same_second = names.ids(times[0])
    assert same_second == sorted(same_second)
    assert same_second[-1] < ids[1]


def test_runs_of_one_second_get_different_ids_in_their_order(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gru_tui.runs.store.time.time", lambda: 1_790_000_000.5)
    made = [new_run(store).id for _ in range(3)]
    assert made == [run.id for run in store.list()]
    assert made[1:] == [made[0] + "b", made[0] + "c"]
    for taken in names.ids(1_790_000_000.5)[3:]:
        (store.folder / taken).mkdir()
    with pytest.raises(ReportedError, match="too many runs were begun in this second"):
        new_run(store)
    assert not list(store.folder.glob(".*"))


def test_a_run_whose_id_somebody_else_takes_meanwhile_gets_the_next_one(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gru_tui.runs.store.time.time", lambda: 1_790_000_000.5)
    first, second, *_ = names.ids(1_790_000_000.5)

    def write_too_late(path: Path, data: bytes) -> None:
        whole_file.write_whole(path, data)
        if path.name == config.FILE:
            (store.folder / first / "checkpoints").mkdir(parents=True, exist_ok=True)

    monkeypatch.setattr("gru_tui.runs.store.write_whole", write_too_late)
    assert new_run(store).config.id == second


def test_why_a_new_run_cannot_get_its_id_is_told(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_in_vain(path: Path, data: bytes) -> None:
        whole_file.write_whole(path, data)
        if path.name == config.FILE:
            shutil.rmtree(path.parent)

    monkeypatch.setattr("gru_tui.runs.store.write_whole", write_in_vain)
    with pytest.raises(
        ReportedError, match=r" \(No such file or directory\), and nothing was left"
    ):
        new_run(store)


def test_a_run_is_the_newest_also_where_the_clock_was_set_back(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([1_790_000_000.0, 1_789_990_000.0, 1_789_990_000.0, 1_790_000_001.0])
    made = []
    for now in clock:
        monkeypatch.setattr("gru_tui.runs.store.time.time", lambda now=now: now)
        made.append(new_run(store).id)
        assert store.find("last").id == made[-1]
    assert made == sorted(made)
    (store.folder / "999999-999998").mkdir()
    assert new_run(store).id == "999999-999999"
    assert len(store.all()) == 6

"""`gru-tui find-rate`, on a corpus and on a run."""

import json
import shutil
from pathlib import Path

import pytest

from engine import Trainer
from engine.numbered import numbered
from gru_tui import rate_search
from gru_tui.runs import text as run_text
from gru_tui.runs.run import LAST
from gru_tui.runs.store import Store
from tests.commands.program import SMALL, Program, one_sentence
from tests.runs.making import new_run, settings


def test_a_sweep_over_a_corpus_suggests_a_rate(program: Program, text: Path) -> None:
    result = program("find-rate", text, *SMALL, "--blas-threads", 1)
    assert result.status == 0, result.complaint
    head, *rows, last = result.lines
    assert head.split() == ["learning", "rate", "loss", "smoothed"]
    assert rows[0].split()[0] == "1.00e-05"
    assert len(rows) > 50
    assert 1e-4 < float(last.removeprefix("suggested learning rate: ")) < 0.5
    assert Store(program.home).all() == []


def test_a_sweep_from_a_run_leaves_the_run_as_it_is(trained: Program) -> None:
    run = Store(trained.home).find("fox")
    before = {path: path.stat().st_mtime_ns for path in run.path.rglob("*")}
    result = trained("find-rate", "fox", "--json", "--batch-size", 2)
    assert result.status == 0, result.complaint
    *points, last = map(json.loads, result.lines)
    assert points[0]["learning_rate"] == 1e-05
    assert "suggestion" in last
    assert {path: path.stat().st_mtime_ns for path in run.path.rglob("*")} == before


def test_what_is_neither_and_what_is_fixed_is_told(trained: Program) -> None:
    for words, complaint in (
        (("nothing-such",), "is no run, and as a corpus"),
        (("fox", "--layers", "2"), "layers is fixed"),
    ):
        result = trained("find-rate", *words)
        assert (result.status, complaint in one_sentence(result)) == (2, True), result.complaint


def test_where_processes_cannot_share_a_model_one_sweeps_the_run_of_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = new_run(Store(tmp_path), processes=2)
    with Trainer(run_text.load(run), settings(), folder=run.checkpoints) as trainer:
        next(trainer)  # the first checkpoint
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    first = next(rate_search.of_run(run, {}).points())
    assert first.learning_rate == pytest.approx(1e-5)


def test_without_its_last_checkpoint_a_run_is_swept_from_the_furthest_that_is_left(
    trained: Program, tmp_path: Path
) -> None:
    program = Program(shutil.copytree(trained.home, tmp_path / "home"))
    run = Store(program.home).find("fox")
    *_, furthest = numbered(run.checkpoints).values()
    (run.checkpoints / LAST).unlink()
    assert rate_search.of_run(run, {}).checkpoint == furthest
    assert program("find-rate", "fox").status == 0
    for path in run.checkpoints.iterdir():
        path.unlink()
    result = program("find-rate", "fox")
    assert (result.status, "has no checkpoint in" in one_sentence(result)) == (1, True)

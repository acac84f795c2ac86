"""A run of a million events: what is shown of it, in bounded memory, and again from its digest."""

import sys
import time
from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest

from engine.events import State, encode
from gru_tui.curves import digest
from gru_tui.curves.history import MOST_NOTES, History
from gru_tui.curves.smoothing import Smoothing
from gru_tui.curves.thinning import View
from gru_tui.curves.track import MOST
from gru_tui.runs.run import Run
from gru_tui.runs.summary import Summary
from tests import long_run

LINES = 1_000_000
LAST = LINES * long_run.STEPS_A_LINE
COLUMNS = 110


def read(run: Run) -> tuple[Summary, History]:
    """As a watcher does, from the digest where there is one."""
    history = History()
    known = digest.opened(run, history)
    return Summary(run, lambda events: history.take(*events), known), history


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("long")
    long_run.write(folder / "events.jsonl", LINES)
    yield Run(folder)
    (folder / "events.jsonl").unlink()  # a quarter of a gigabyte


def timed(what: str, began: float) -> None:
    sys.stdout.write(f"\n{what}: {time.process_time() - began:.3f} s of the processor ")


def step_of(part: float) -> float:
    return (long_run.place(part, LINES) + 1) * long_run.STEPS_A_LINE


@cache
def smoothed() -> list[float]:
    """Over all points."""
    return Smoothing(0.98).extend(long_run.losses(LINES).tolist())


def check(history: History) -> None:
    """Extremes, marks, last values, and the figures that were smoothed over all points."""
    began = time.process_time()
    curves = history.curves(View(columns=COLUMNS, smoothing=0.98, second="gradient_norm"))
    timed("curves of the whole run", began)
    assert len(history.training) <= MOST
    assert sum(history.training.rows[:, 4]) == LINES
    assert len(curves.raw.x) <= 2 * COLUMNS
    group = history.training.every * long_run.STEPS_A_LINE
    for value, part, choose in (
        (long_run.LOWEST, long_run.AT_LOWEST, min),
        (long_run.HIGHEST, long_run.AT_HIGHEST, max),
    ):
        assert choose(curves.raw.y) == value
        found = curves.raw.x[curves.raw.y.index(value)]
        assert 0 <= found - step_of(part) < group
    assert max(curves.second.y) == long_run.LARGEST_NORM
    assert 0 <= curves.broken[0] - step_of(long_run.AT_BROKEN) < group
    assert len(curves.broken) == 1
    assert (curves.end, curves.full) == (LAST, (0, LAST))
    changes = [mark for mark in curves.marks if mark.kind == "change"]
    assert [(m.x, m.words) for m in changes] == [(step_of(long_run.AT_CHANGE), "dropout 0 → 0.1")]
    assert sum(mark.kind == "checkpoint" for mark in curves.marks) == 200
    assert len(curves.validation.x) == 200
    smooth = smoothed()
    assert (curves.smooth.x[-1], curves.smooth.y[-1]) == (LAST, smooth[-1])
    every = np.array(curves.smooth.x, int) // long_run.STEPS_A_LINE - 1
    assert [smooth[place] for place in every] == list(curves.smooth.y)


def test_a_million_events_are_shown_whole_and_closely_and_a_digest_says_the_same(run: Run) -> None:
    began = time.process_time()
    summary, history = read(run)
    timed("opened without a digest", began)
    check(history)
    assert (summary.figures.step, len(summary.figures.bests)) == (LAST, 200)
    assert summary.figures.memory == 183_500_800
    assert 100 <= len(summary.curve) <= 256
    middle = step_of(long_run.AT_HIGHEST)
    window = (middle - 3000, middle + 3000)
    closely = history.curves(View(columns=COLUMNS, window=window, cursor=middle))
    assert len(closely.raw.x) >= 60
    assert max(closely.raw.y) == long_run.HIGHEST
    assert closely.reading is not None
    assert closely.reading.loss[1] == long_run.HIGHEST
    assert closely.reading.validation is not None

    digest.Keeper(run).consider(summary, history)
    kept = run.path / digest.FILE
    assert kept.stat().st_size < 16_000_000
    began = time.process_time()
    summary, history = read(run)
    timed("opened with a digest", began)
    check(history)
    assert summary.figures.step == LAST
    assert [note.kind for note in history.take_notes()].count("sample") == min(200, MOST_NOTES)
    with run.events.open("ab") as file:
        file.write(encode(State(state="finished", step=LAST)))
    assert summary.update()
    again, _ = read(run)
    assert again.figures.state == "finished"
    assert again.remembered().number == summary.remembered().number

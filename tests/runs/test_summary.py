"""How a run stands, folded from its events: also after a resume and a roll-back."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from engine.events import (
    AnyEvent,
    Event,
    HyperparametersChanged,
    Rollback,
    Sample,
    State,
    Step,
    Validation,
    encode,
)
from gru_tui.listing.rows import DAMAGED, RunList
from gru_tui.runs import lock
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from gru_tui.runs.summary import CoarseCurve, Summary
from tests.runs.living import live
from tests.runs.making import new_run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path)


def add(run: Run, *events: Event) -> None:
    with run.events.open("ab") as file:
        for event in events:
            file.write(encode(event))


def step(number: int, loss: float | None = 1.0, **changes: object) -> Step:
    values = {
        "loss": loss,
        "perplexity": None,
        "learning_rate": 0.1,
        "gradient_norm": 1.0,
        "characters_per_second": 100.0,
        "step": number,
        "epoch": number / 10,
        "seconds": number / 2,
        **changes,
    }
    return Step(**values)  # type: ignore[arg-type]


def validation(number: int, loss: float, *, best: bool = True) -> Validation:
    return Validation(
        loss=loss,
        perplexity=None,
        bits_per_character=None,
        best=best,
        step=number,
        epoch=number / 10,
    )


@pytest.mark.parametrize(
    ("said", "alive", "state"),
    [
        ([], False, "interrupted"),
        ([], True, "starting"),
        (["starting"], True, "starting"),
        (["starting"], False, "interrupted"),
        (["starting", "running"], True, "running"),
        (["starting", "running"], False, "interrupted"),
        (["running", "paused"], True, "paused"),
        (["running", "paused"], False, "interrupted"),
        (["running", "stopped"], False, "stopped"),
        (["running", "stopped", "starting"], False, "interrupted"),
        (["running", "finished"], False, "finished"),
        (["failed"], False, "failed"),
    ],
)
def test_a_state_is_what_was_said_unless_the_trainer_went_without_a_word(
    run: Run, said: list[str], alive: bool, state: str
) -> None:
    add(run, *(State(state=word, reason="why") for word in said))
    if alive:
        with lock.take(run.path):
            assert Summary(run).state == state
    else:
        assert Summary(run).state == state
        assert Summary(run).reason == ("" if state == "interrupted" else "why")


def test_update_takes_what_has_come_since_and_says_whether_anything_has(run: Run) -> None:
    seen: list[AnyEvent] = []
    summary = Summary(run, also=seen.extend)
    assert not summary.update()
    add(run, step(1, 3.0), step(2, 2.0, memory=5), Sample(text="the", temperature=1.0))
    assert summary.update()
    assert (summary.step, summary.epoch, summary.figures.loss) == (2, 0.2, 2.0)
    assert (summary.figures.seconds, summary.figures.memory) == (1.0, 5)
    assert (summary.curve, summary.figures.sample) == ([3.0, 2.0], "the")
    assert len(seen) == 3
    with lock.take(run.path):
        assert summary.update()
        assert not summary.update()
    assert summary.update()


def resumed_at(number: int) -> Event:
    return State(state="running", step=number, epoch=number / 10, seconds=number / 2)


def rolled_back_to(number: int) -> Event:
    return Rollback(
        to_step=number,
        reason="diverged",
        learning_rate=0.05,
        step=number,
        epoch=number / 10,
        seconds=number / 2,
    )


@pytest.mark.parametrize("back_at", [resumed_at, rolled_back_to])
def test_after_a_step_back_nothing_is_left_of_what_was_lost(
    run: Run, back_at: Callable[[int], Event]
) -> None:
    add(run, resumed_at(0), *(step(number, 9.0 - number) for number in range(1, 8)))
    add(run, validation(4, 2.0), validation(6, 1.5), validation(7, 1.7, best=False))
    summary = Summary(run)
    assert (summary.step, summary.best_validation_loss, summary.figures.best_epoch) == (7, 1.5, 0.6)
    add(run, State(state="starting"))
    summary.update()
    assert summary.step == 7
    add(run, back_at(5))
    summary.update()
    assert (summary.step, summary.epoch, summary.figures.seconds) == (5, 0.5, 2.5)
    assert (summary.best_validation_loss, summary.figures.best_epoch) == (2.0, 0.4)
    assert summary.curve == [8.0, 7.0, 6.0, 5.0, 4.0]
    add(run, step(6, 2.5), validation(6, 1.8))
    summary.update()
    assert summary.best_validation_loss == 1.8
    assert summary.curve[-1] == 2.5


def test_what_was_measured_at_the_very_step_where_it_goes_on_stays(run: Run) -> None:
    add(run, resumed_at(0), step(1), step(4), validation(4, 2.0), step(5))
    add(run, State(state="starting"), resumed_at(4))
    summary = Summary(run)
    assert (summary.step, summary.best_validation_loss) == (4, 2.0)
    assert len(summary.curve) == 2


def test_changes_and_roll_backs_say_what_holds_now(run: Run) -> None:
    add(run, HyperparametersChanged(changed={"dropout": [0.0, 0.1], "learning_rate": [0.1, 0.2]}))
    summary = Summary(run)
    assert summary.figures.changed == {"dropout": 0.1, "learning_rate": 0.2}
    add(run, rolled_back_to(5))
    summary.update()
    assert summary.figures.changed == {"dropout": 0.1, "learning_rate": 0.05}


def test_a_failure_before_training_leaves_the_step_where_it_was(run: Run) -> None:
    add(run, step(7), State(state="stopped", step=7), State(state="failed", reason="no text"))
    assert Summary(run).step == 7


def test_a_long_curve_stays_short_and_keeps_its_shape() -> None:
    curve = CoarseCurve()
    for number in range(1, 10_001):
        curve.take(step(number, float(number)))
    assert 100 < len(curve.losses) <= CoarseCurve.MOST
    known = [loss for loss in curve.losses if loss is not None]
    assert known == sorted(known)
    assert known[0] == 1
    assert known[-1] > 9900
    curve.take(State(state="running", step=5000))
    assert max(loss for loss in curve.losses if loss is not None) <= 5000
    curve.take(step(5001, None))


def test_steps_that_come_many_at_once_make_the_curve_that_they_make_one_by_one() -> None:
    steps = [step(number, float(number)) for number in range(1, 2000)]
    one_by_one, many_at_once = CoarseCurve(), CoarseCurve()
    for each in steps:
        one_by_one.take(each)
    for start in range(0, len(steps), 37):
        many_at_once.take_steps(steps[start : start + 37])
    assert many_at_once == one_by_one
    assert {later - former for former, later in pairwise(one_by_one.steps)} == {8}


def test_the_list_has_damaged_runs_with_their_fault_and_the_others_as_they_are(
    store: Store,
) -> None:
    sound, damaged, garbled, unreadable = (new_run(store, steps=4) for _ in range(4))
    for run in (sound, garbled):
        assert live(run) == 0
    (damaged.path / "run.json").write_bytes(b"{")
    lines = garbled.events.read_bytes().splitlines(keepends=True)
    lines[3] = b"\x00\xff garbage\n"
    garbled.events.write_bytes(b"".join(lines))
    unreadable.events.mkdir()
    listing = RunList()
    for _ in range(2):
        rows = {row.id: row for row in listing.rows(store)}
        assert set(rows) == {sound.id, damaged.id, garbled.id, unreadable.id}
        assert (rows[damaged.id].state, rows[damaged.id].alive) == (DAMAGED, False)
        assert str(damaged.path / "run.json") in rows[damaged.id].fault
        assert [rows[run.id].state for run in (sound, garbled)] == ["finished"] * 2
        assert rows[garbled.id].best == rows[sound.id].best
        assert rows[unreadable.id].state == "interrupted"


def test_the_list_reads_on_where_it_was_and_forgets_what_is_deleted(store: Store) -> None:
    first, second = new_run(store, steps=4), new_run(store, steps=4)
    listing = RunList()
    assert [row.id for row in listing.rows(store)] == [second.id, first.id]
    add(first, resumed_at(0), step(9, 1.25))
    with lock.take(first.path):
        row = listing.rows(store)[1]
    assert (row.step, row.curve, row.state, row.alive) == (9, (1.25,), "running", True)
    assert ("layers", 1, 3) in row.changed
    store.delete(first)
    assert [row.id for row in listing.rows(store)] == [second.id]

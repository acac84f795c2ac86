"""Undoing changes of a run, one after the other, with the changes that take them back."""

from typing import Any

import pytest

from corpora.errors import ReportedError
from engine import footprint
from engine.events import Event, HyperparametersChanged, Warned
from gru_tui.runs.command import FILE, send
from gru_tui.runs.course import Course
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from gru_tui.runs.undo import undoing
from tests.runs.living import at_step, both, killed_at, live
from tests.runs.making import events, new_run, of


def change(run: Run, **changes: Any) -> None:
    send(run, "set", changes=changes, when="now")


def undo(run: Run) -> None:
    last = undoing(run)
    send(run, last.kind, **last.details)


def changes(event: Event) -> dict[str, list[Any]]:
    return event.changed if isinstance(event, HyperparametersChanged) else {}


def values(run: Run) -> list[tuple[int, dict[str, object]]]:
    return [(deed.step, deed.changes) for deed in Course.of(run).deeds if deed.kind == "set"]


def test_each_undo_takes_back_one_change_more_until_none_is_left(store: Store) -> None:
    run = new_run(store, steps=40)
    hear = both(
        at_step(5, lambda: change(run, learning_rate=0.001)),
        at_step(8, lambda: change(run, learning_rate=0.002, dropout=0.3)),
        at_step(12, lambda: undo(run)),
        at_step(16, lambda: undo(run)),
    )
    assert live(run, hear) == 0
    assert values(run)[2:] == [
        (12, {"learning_rate": 0.001, "dropout": 0.0}),
        (16, {"learning_rate": 0.006}),
    ]
    with pytest.raises(ReportedError, match="is left to undo"):
        undoing(run)


def test_a_change_that_was_lost_with_its_process_is_undone_once(store: Store) -> None:
    run = new_run(store, steps=30, checkpoint_every=10)
    first = both(
        at_step(12, lambda: change(run, weight_decay=0.5)),
        at_step(15, lambda: change(run, weight_decay=0.25)),
        killed_at(lambda event: event.step == 18),
    )
    assert live(run, first) is None
    assert live(run) == 0
    assert undoing(run).changes == {"weight_decay": 0.5}


def test_a_change_that_waits_again_after_a_kill_is_withdrawn(store: Store) -> None:
    run = new_run(store, steps=0, epochs=3)
    first = both(
        at_step(5, lambda: send(run, "set", changes={"dropout": 0.5}, when="epoch")),
        killed_at(lambda event: "dropout" in changes(event)),
    )
    assert live(run, first) is None
    made = values(run)
    assert live(run, at_step(20, lambda: undo(run))) == 0
    assert (made[0][1], values(run)) == ({"dropout": 0.5}, [])


def test_a_change_lost_where_a_checkpoint_had_just_been_saved_is_undone_once(store: Store) -> None:
    run = new_run(store, steps=20)
    first = both(
        at_step(5, lambda: change(run, weight_decay=0.5)),
        at_step(8, lambda: change(run, dropout=0.25)),
        at_step(8, lambda: change(run, dropout=0.5)),
        killed_at(lambda event: changes(event).get("dropout") == [0.25, 0.5]),
    )
    assert live(run, first) is None
    second = both(*(at_step(step, lambda: undo(run)) for step in (11, 13, 15)))
    assert live(run, second) == 0
    assert values(run)[-3:] == [
        (11, {"dropout": 0.25}),
        (13, {"dropout": 0.0}),
        (15, {"weight_decay": 0.1}),
    ]


def test_a_change_that_waits_for_its_epoch_is_withdrawn_before_one_that_was_made(
    store: Store,
) -> None:
    run = new_run(store, epochs=3)
    hear = both(
        at_step(2, lambda: change(run, learning_rate=0.001)),
        at_step(3, lambda: send(run, "set", changes={"learning_rate": 0.5}, when="epoch")),
        at_step(4, lambda: undo(run)),
    )
    assert live(run, hear) == 0
    assert [change for _, change in values(run)] == [{"learning_rate": 0.001}]
    assert undoing(run).changes == {"learning_rate": 0.006}


def test_of_several_changes_that_wait_the_last_is_withdrawn_and_none_that_is_to_be_now(
    store: Store,
) -> None:
    run = new_run(store, epochs=3)
    (run.path / FILE).write_bytes(b"no command\n")
    names = [
        send(run, "set", changes={"learning_rate": rate}, when=when)
        for rate, when in ((0.5, "epoch"), (0.25, "epoch"), (0.125, "now"))
    ]
    last = undoing(run)
    assert last.withdraws
    assert last.changes == {"learning_rate": 0.25}
    assert last.details == {"target": names[1]}


def test_what_waits_but_is_void_is_not_undone_in_place_of_the_change_that_made_it_void(
    store: Store,
) -> None:
    run = new_run(store, epochs=3)
    taken: list[dict[str, Any]] = []

    def look_and_undo() -> None:
        taken.append(undoing(run).changes)
        undo(run)

    def wait(**changes: Any) -> None:
        send(run, "set", changes=changes, when="epoch")

    hear = both(
        at_step(2, lambda: wait(learning_rate=0.5)),
        at_step(3, lambda: wait(learning_rate=0.25, dropout=0.5)),
        at_step(4, lambda: change(run, learning_rate=0.001)),
        at_step(6, look_and_undo),
        at_step(8, look_and_undo),
    )
    assert live(run, hear) == 0
    assert taken == [{"dropout": 0.5}, {"learning_rate": 0.006}]
    assert [changes for _, changes in values(run)] == [
        {"learning_rate": 0.001},
        {"learning_rate": 0.006},
    ]


def test_a_change_that_was_refused_needs_no_undoing(store: Store) -> None:
    run = new_run(store, steps=6)
    hear = both(
        at_step(2, lambda: change(run, weight_decay=0.5)),
        at_step(3, lambda: send(run, "set", changes={"learning_rate": -1.0}, when="epoch")),
    )
    assert live(run, hear) == 0
    assert undoing(run).changes == {"weight_decay": 0.1}


def test_what_was_withdrawn_does_not_come_back_with_the_next_life(store: Store) -> None:
    run = new_run(store, epochs=3)
    first = both(
        at_step(2, lambda: send(run, "set", changes={"learning_rate": 0.5}, when="epoch")),
        at_step(3, lambda: undo(run)),
        killed_at(lambda event: event.step == 4),
    )
    assert live(run, first) is None
    assert live(run) == 0
    assert values(run) == []


def test_what_is_to_be_now_is_not_undone_by_what_was_to_be_at_the_epoch(store: Store) -> None:
    run = new_run(store, epochs=3)
    waiting = {"learning_rate": 0.5, "dropout": 0.25}
    hear = both(
        at_step(2, lambda: send(run, "set", changes=waiting, when="epoch")),
        at_step(3, lambda: change(run, learning_rate=0.001)),
    )
    assert live(run, hear) == 0
    assert [change for _, change in values(run)] == [{"learning_rate": 0.001}, {"dropout": 0.25}]


def test_a_promise_that_cannot_be_kept_after_a_kill_is_given_up_aloud_and_needs_no_undoing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = new_run(store, epochs=3, steps=0, checkpoint_every=10)
    ask = at_step(5, lambda: send(run, "set", changes={"batch_size": 400}))
    assert live(run, both(ask, killed_at(lambda event: event.step == 15))) is None
    monkeypatch.setattr(footprint, "available", lambda: 1e5)
    assert live(run) == 0
    told = [event.message for event in of(Warned, events(run)) if "is given up" in event.message]
    assert len(told) == 1
    assert told[0].startswith("batch_size=400 was promised")
    with pytest.raises(ReportedError, match="no change of .* is left to undo"):
        undoing(run)

"""What counts of a run whose trainer was killed, or has rolled back."""

from typing import Any

import pytest

from engine.events import (
    AnyEvent,
    CheckpointSaved,
    HyperparametersChanged,
    Rollback,
    State,
    Validation,
)
from gru_tui.runs.course import Course, Place
from tests.runs.making import step


def saved(step: int) -> AnyEvent:
    return CheckpointSaved(step=step, path="", kind="step")


def changed(step: int, **values: list[Any]) -> AnyEvent:
    return HyperparametersChanged(step=step, changed=values)


def validated(step: int) -> AnyEvent:
    return Validation(step=step, loss=1.0, perplexity=1.0, bits_per_character=1.0, best=True)


def rolled_back(to_step: int) -> AnyEvent:
    return Rollback(step=to_step, to_step=to_step, reason="", learning_rate=0.1)


def resumed(step: int) -> list[AnyEvent]:
    return [State(state="starting"), State(state="running", step=step)]


def told(*events: AnyEvent) -> Course:
    course = Course()
    for event in events:
        course.take(event)
    return course


def deeds(course: Course) -> list[tuple[int, int, str]]:
    return [(*deed.place, deed.kind) for deed in course.deeds]


@pytest.mark.parametrize("lost", [12, 15])
def test_what_came_after_the_checkpoint_of_a_killed_life_does_not_count(lost: int) -> None:
    course = told(
        saved(10), changed(10, dropout=[0.0, 0.5]), validated(lost), saved(lost), *resumed(10)
    )
    assert deeds(course) == [(0, 10, "checkpoint"), (0, 10, "set")]
    assert course.place == Place(0, 10)


def test_a_roll_back_that_was_not_saved_does_not_count() -> None:
    course = told(saved(10), validated(14), rolled_back(10), *resumed(10))
    assert deeds(course) == [(0, 10, "checkpoint")]
    assert course.place == Place(0, 10)


def test_a_run_stands_where_its_last_step_has_led_it() -> None:
    assert (told().place, told().ending) == (Place(0, 0), "")
    assert told(saved(10), rolled_back(10), step(12)).place == Place(1, 12)


def test_a_roll_back_that_was_saved_but_not_told_of_is_known_by_its_step_and_learning_rate() -> (
    None
):
    course = told(saved(10), rolled_back(10))
    assert course.lacks_checkpoint(10, 0.1)
    assert not course.lacks_checkpoint(10, 0.2)
    assert not course.lacks_checkpoint(12, 0.1)
    course.take(saved(10))
    assert not course.lacks_checkpoint(10, 0.1)
    assert not told().lacks_checkpoint(0, 0.1)


def test_of_two_checkpoints_at_a_step_the_one_behind_the_last_roll_back_counts() -> None:
    course = told(saved(10), rolled_back(10), saved(10), validated(14), *resumed(10))
    assert deeds(course) == [(0, 10, "checkpoint"), (1, 10, "rollback"), (1, 10, "checkpoint")]
    assert course.place == Place(1, 10)


def test_a_checkpoint_that_nobody_told_of_ends_what_was_done_up_to_its_step() -> None:
    told_of = (saved(10), rolled_back(10), validated(20))
    course = told(*told_of, changed(21, dropout=[0.0, 0.5]), *resumed(20))
    assert deeds(course) == [(0, 10, "checkpoint"), (1, 10, "rollback"), (1, 20, "validation")]
    assert course.place == Place(1, 20)


def test_a_pause_is_no_new_life() -> None:
    course = told(saved(10), changed(12, dropout=[0.0, 0.5]), State(state="paused", step=14))
    assert (course.place, course.ending) == (Place(0, 14), "")
    course.take(State(state="running", step=14))
    assert deeds(course) == [(0, 10, "checkpoint"), (0, 12, "set")]


def test_what_waits_to_be_saved_during_a_pause_counts_after_it() -> None:
    paused, running = State(state="paused", step=10), State(state="running", step=10)
    course = told(*resumed(0), saved(10), validated(12), rolled_back(10), paused, running)
    assert course.place == Place(1, 10)


def test_a_life_that_begins_before_all_that_is_known_leaves_nothing_of_it() -> None:
    course = told(validated(20), saved(20), *resumed(10))
    assert (course.deeds, course.place) == ([], Place(0, 10))


def test_a_run_has_ended_until_its_next_life() -> None:
    course = told(saved(10), State(state="stopped", step=14))
    assert (course.place, course.ending) == (Place(0, 14), "stopped")
    course.take(State(state="starting"))
    assert course.ending == ""
    course.take(State(state="failed", reason="the text is gone"))
    assert course.place == Place(0, 14)


def test_lost_changes_of_a_checkpoints_own_step_are_known_when_they_are_made_again() -> None:
    kept = changed(10, dropout=[0.0, 0.25])
    lost = [
        changed(10, dropout=[0.25, 0.5], patience=[0, 3]),
        changed(10, weight_decay=[0.1, 0.2]),
    ]
    course = told(kept, saved(10), *lost, *resumed(10), *lost, saved(10))
    assert [deed.changes for deed in course.deeds if deed.kind == "set"] == [
        {"dropout": 0.25},
        {"dropout": 0.5, "patience": 3},
        {"weight_decay": 0.2},
    ]


@pytest.mark.parametrize("step", [10, 12])
def test_a_lost_change_is_known_by_the_value_that_the_next_one_finds(step: int) -> None:
    lost, made = changed(10, dropout=[0.0, 0.5]), changed(step, dropout=[0.0, 0.25])
    course = told(saved(10), lost, *resumed(10), made)
    assert [deed.changes for deed in course.deeds if deed.kind == "set"] == [{"dropout": 0.25}]


def test_two_changes_without_a_checkpoint_between_them_both_count() -> None:
    course = told(saved(10), changed(10, dropout=[0.0, 0.5]), changed(10, dropout=[0.5, 0.25]))
    assert [deed.changes["dropout"] for deed in course.deeds[1:]] == [0.5, 0.25]


def test_what_a_roll_back_has_made_of_the_learning_rate_is_no_lost_change() -> None:
    first, second = changed(10, learning_rate=[0.4, 0.2]), changed(14, learning_rate=[0.1, 0.3])
    course = told(saved(10), first, rolled_back(10), second)
    assert [deed.kind for deed in course.deeds] == ["checkpoint", "set", "rollback", "set"]

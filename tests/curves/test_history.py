"""A run's curves and its story, also when it goes back to an earlier step."""

import math

import msgspec
import pytest

from engine.events import (
    Answer,
    AnyEvent,
    HyperparametersChanged,
    Rollback,
    Sample,
    State,
    Step,
    Validation,
    Warned,
)
from gru_tui.curves.history import History
from gru_tui.curves.thinning import View

STEPS = View(smoothing=0.0)


def step(number: int, loss: float | None = 1.0) -> Step:
    return Step(
        loss=loss,
        perplexity=None,
        learning_rate=0.1,
        gradient_norm=1.0,
        characters_per_second=100.0,
        step=number,
        epoch=number / 10,
        seconds=number * 6.0,
    )


def validation(number: int, loss: float | None) -> Validation:
    return Validation(
        loss=loss,
        perplexity=None,
        bits_per_character=None,
        best=True,
        step=number,
        epoch=number / 10,
    )


def running(number: int) -> State:
    return State(state="running", step=number, epoch=number / 10, seconds=number * 6.0)


def change(number: int, **changed: list[object]) -> HyperparametersChanged:
    return HyperparametersChanged(changed=changed, step=number, by="ada", epoch=number / 10)


def tell(history: History, *events: AnyEvent) -> None:
    for event in events:
        history.take(event)


def told(*events: AnyEvent) -> History:
    history = History()
    tell(history, *events)
    return history


def marks(history: History) -> list[tuple[float, str]]:
    return [(mark.x, mark.words) for mark in history.curves(STEPS).marks]


def test_points_stand_at_their_steps_epochs_and_minutes() -> None:
    history = told(running(0), step(10, 3.0), step(20, 2.0), validation(20, 2.5))
    assert history.curves(STEPS).raw.x == (10, 20)
    assert history.curves(View(unit="epochs")).raw.x == (1.0, 2.0)
    assert history.curves(View(unit="minutes")).raw.x == (1.0, 2.0)
    curves = history.curves(STEPS)
    assert (curves.raw.y, curves.validation.x, curves.validation.y) == ((3.0, 2.0), (20,), (2.5,))
    assert curves.smooth.x == ()


def test_losses_that_were_not_finite_are_left_out() -> None:
    history = told(running(0), step(1, 3.0), step(2, None), step(3, 1.0), validation(3, None))
    curves = history.curves(View(smoothing=0.9))
    assert curves.raw.x == (1, 3)
    assert curves.validation.x == ()
    assert all(math.isfinite(value) for value in curves.smooth.y)


def test_a_memory_that_nobody_measured_is_not_drawn() -> None:
    measured = msgspec.structs.replace(step(2), memory=50)
    history = told(running(0), step(1), measured, step(3))
    second = history.curves(View(second="memory")).second
    assert (second.x, second.y) == ((2,), (50,))


def test_the_floor_is_drawn_where_it_is_known() -> None:
    assert History(0.7).curves(STEPS).floor == 0.7
    assert History().curves(STEPS).floor is None


def test_a_resume_forgets_what_was_lost_and_marks_where_it_goes_on() -> None:
    history = told(running(0), *(step(number, 9.0 - number) for number in range(1, 8)))
    tell(history, validation(4, 3.0), validation(7, 2.0), State(state="starting"), running(5))
    curves = history.curves(STEPS)
    assert curves.raw.x == (1, 2, 3, 4, 5)
    assert curves.validation.x == (4,)
    assert marks(history) == [(5, "resumed")]
    tell(history, step(6, 2.5), step(7, 2.25), validation(7, 1.9))
    curves = history.curves(STEPS)
    assert curves.raw.y[-2:] == (2.5, 2.25)
    assert curves.validation.y == (3.0, 1.9)


def test_a_resume_that_lost_nothing_is_marked_too() -> None:
    history = told(State(state="starting"), running(0), step(1), State(state="stopped", step=1))
    tell(history, State(state="starting"), running(1), step(2))
    assert history.curves(STEPS).raw.x == (1, 2)
    assert marks(history) == [(1, "resumed")]


def test_a_window_that_the_run_has_not_come_to_shows_all_of_it() -> None:
    history = told(running(0), *(step(number) for number in range(1, 40)))
    assert history.curves(View(window=(20, 30))).shown == (20, 30)
    assert history.curves(View(window=(660, 740))).shown == (0, 39)
    assert history.curves(View(window=(10, 20), following=True)).shown == (29, 39)


def test_marks_of_what_was_lost_go_with_it_and_earlier_ones_stay() -> None:
    history = told(
        running(0),
        step(2),
        change(2, dropout=[0.0, 0.1]),
        step(6),
        change(6, learning_rate=[0.1, 0.2]),
        step(7),
        running(4),
        change(4, learning_rate=[0.1, 0.2]),
        step(5),
        running(4),  # the change that was made there stays
    )
    assert marks(history) == [
        (2, "dropout 0 → 0.1"),
        (4, "resumed"),
        (4, "learning rate 0.1 → 0.2"),
        (4, "resumed"),
    ]
    in_minutes = history.curves(View(unit="minutes")).marks
    assert [mark.x for mark in in_minutes] == [0.0, 0.4, 0.0, 0.4]


def test_a_pause_is_no_step_back() -> None:
    history = told(running(0), step(1), State(state="paused", step=1), running(1), step(2))
    assert history.curves(STEPS).raw.x == (1, 2)
    assert marks(history) == []


def test_a_roll_back_goes_back_and_says_why() -> None:
    history = told(running(0), *(step(number) for number in range(1, 8)), validation(7, 2.0))
    history.take(
        Rollback(to_step=4, reason="diverged at step 8", learning_rate=0.05, step=4, epoch=0.4)
    )
    curves = history.curves(STEPS)
    assert (curves.raw.x, curves.validation.x) == ((1, 2, 3, 4), ())
    assert marks(history) == [(4, "rolled back")]
    (note,) = history.take_notes()
    assert note.kind == "warning"
    assert "diverged at step 8; back to step 4" in note.head


@pytest.mark.parametrize("smoothing", [0.9, 0.98])
def test_the_smooth_curve_after_a_step_back_is_that_of_the_points_that_are_left(
    smoothing: float,
) -> None:
    view = View(smoothing=smoothing)
    losses = [9.0 - number / 3 for number in range(1, 20)]
    history = told(running(0), *(step(number + 1, loss) for number, loss in enumerate(losses)))
    history.curves(view)
    tell(history, running(10), step(11, 0.5), step(12, 0.25))
    straight = told(
        *(step(number + 1, loss) for number, loss in enumerate([*losses[:10], 0.5, 0.25]))
    )
    assert history.curves(view).smooth == straight.curves(view).smooth


def test_the_story_is_told_in_order_and_once() -> None:
    history = told(
        running(0),
        Sample(text="the fox", temperature=0.8, step=3, epoch=0.3, seed_text="a"),
        change(4, dropout=[0.0, 0.1], layers=[1, 2]),
        Warned(message="line 3 is damaged"),
        Answer(command="a", ok=True),
        Answer(command="b", ok=False, message="ask again"),
        State(state="paused", reason="the disk is full", step=5),
        State(state="paused", step=5),
        State(state="failed", reason="no memory", step=5),
    )
    notes = history.take_notes()
    assert [note.kind for note in notes] == ["sample", "remark"] + ["warning"] * 4
    assert notes[0].head == "step 3 · epoch 0.3 · temperature 0.8"
    assert "by ada" in notes[1].text
    assert marks(history) == [(4, "dropout 0 → 0.1, layers 1 → 2")]
    assert history.take_notes() == ()


def test_a_change_of_nothing_is_not_told() -> None:
    history = told(running(0), change(4))
    assert (marks(history), history.take_notes()) == ([], ())


def test_a_memory_that_nobody_measured_is_no_point_of_the_curve() -> None:
    history = History()
    measured = msgspec.structs.replace(step(20), memory=5_000)
    history.take(step(10), measured, step(30))
    curve = history.curves(View(smoothing=0.0, second="memory")).second
    assert (curve.x, curve.y) == ((20.0,), (5_000.0,))

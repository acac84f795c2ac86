"""The trainer's pen: means over steps, not too many lines, and nothing lost on a full disk."""

import os
import time
from pathlib import Path

import pytest

from corpora.errors import ReportedError
from engine.events import AnyEvent, Event, Sample, State, Step, Warned
from engine.loss import perplexity
from gru_tui.runs import journal, reserve
from gru_tui.runs.follower import Follower
from gru_tui.runs.journal import Journal
from tests.runs.making import full_disk, of


class Clock:
    """A clock that goes only when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return 1_790_000_000 + self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(journal, "time", clock)
    return clock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.jsonl"


def step(number: int, loss: float | None = 1.0, **changes: object) -> Step:
    values = {
        "loss": loss,
        "perplexity": None,
        "learning_rate": 0.001,
        "gradient_norm": 2.0,
        "characters_per_second": 1000.0,
        "step": number,
        "characters": number * 64,
        "time": 1.0,
        **changes,
    }
    return Step(**values)  # type: ignore[arg-type]


def written(path: Path) -> list[AnyEvent]:
    return Follower(path).poll()


def test_steps_that_come_quickly_share_a_line_of_their_means(path: Path, clock: Clock) -> None:
    pen = Journal(path)
    pen.record(step(1, loss=9.0))
    for number, loss, speed in ((2, 1.0, 500.0), (3, 2.0, 1000.0), (4, 6.0, 2000.0)):
        clock.now += 0.01
        norm, rate = float(number), number / 1000
        pen.record(
            step(
                number,
                loss,
                characters_per_second=speed,
                gradient_norm=norm,
                learning_rate=rate,
                epoch=number / 10,
            )
        )
    pen.close()
    first, mean = of(Step, written(path))
    assert (first.step, first.count, first.loss) == (1, 1, 9.0)
    assert (mean.step, mean.count, mean.loss) == (4, 3, 3.0)
    assert mean.perplexity == pytest.approx(perplexity(3.0))
    assert mean.gradient_norm == pytest.approx(3.0)
    # Of the same number of characters each, the time is what adds up.
    assert mean.characters_per_second == pytest.approx(3 / (1 / 500 + 1 / 1000 + 1 / 2000))
    assert (mean.learning_rate, mean.epoch, mean.characters) == (0.004, 0.4, 256)
    assert mean.memory > 0


def test_a_figure_that_was_not_finite_leaves_none(path: Path, clock: Clock) -> None:
    pen = Journal(path)
    pen.record(step(1))
    pen.record(step(2, loss=None))
    pen.record(step(3, gradient_norm=None))
    pen.close()
    mean = of(Step, written(path))[-1]
    assert (mean.loss, mean.perplexity, mean.gradient_norm) == (None, None, None)


def test_at_most_ten_lines_a_second_tell_of_steps(path: Path, clock: Clock) -> None:
    pen = Journal(path)
    for number in range(1, 3001):  # three seconds
        pen.record(step(number))
        clock.now += 0.001
    pen.close()
    found = of(Step, written(path))
    assert 28 <= len(found) <= 31
    assert sum(event.count for event in found) == 3000
    assert [event.step for event in found] == sorted(event.step for event in found)


def test_lines_about_steps_come_less_often_as_a_run_grows_old_but_never_rarely() -> None:
    ages = (0, 1000, 5000, 20_000, 1e6)
    assert [journal.interval(age) for age in ages] == pytest.approx([0.1, 0.1, 0.5, 2, 2])


def test_a_slow_run_has_a_line_for_every_step_at_once(path: Path, clock: Clock) -> None:
    pen = Journal(path)
    for number in range(1, 4):
        clock.now += 5
        pen.record(step(number))
        assert [event.step for event in of(Step, written(path))][-1] == number


def test_everything_else_is_written_at_once_and_in_its_order(path: Path, clock: Clock) -> None:
    pen = Journal(path)
    for number in range(1, 6):
        pen.record(step(number))
    pen.record(Sample(text="the", temperature=1.0, step=5))
    pen.record(step(6))
    pen.record(State(state="paused", step=6))
    found = written(path)
    assert [(event.step, type(event)) for event in found] == [
        (1, Step),
        (5, Step),
        (5, Sample),
        (6, Step),
        (6, State),
    ]


def test_an_event_without_a_time_gets_the_present_one(path: Path, clock: Clock) -> None:
    pen = Journal(path)
    pen.record(State(state="running"))
    pen.record(State(state="paused", time=5.0))
    assert [event.time for event in written(path)] == [clock.time(), 5.0]


def test_the_speed_after_a_roll_back_counts_from_where_training_stands(
    path: Path, clock: Clock
) -> None:
    pen = Journal(path)
    pen.restart(640)
    pen.record(step(11))
    pen.restart(320)
    pen.record(step(6, characters_per_second=700.0))
    clock.now += 1
    pen.record(step(7, characters_per_second=1400.0))
    assert [event.characters_per_second for event in of(Step, written(path))] == [
        pytest.approx(1000.0),
        pytest.approx(2 / (1 / 700 + 1 / 1400)),
    ]


def test_what_a_full_disk_refuses_is_written_in_order_when_there_is_room(path: Path) -> None:
    pen = Journal(path)
    events: list[Event] = [Warned(message=str(number), time=1.0) for number in range(6)]
    pen.record(events[0])
    with full_disk(path.stat().st_size + 10):
        for event in events[1:4]:
            pen.record(event)
            assert pen.stuck
        pen.retry()
        assert pen.stuck
    pen.retry()
    assert not pen.stuck
    for event in events[4:]:
        pen.record(event)
        assert not pen.stuck
    pen.close()
    assert written(path) == events


def test_with_room_again_the_next_line_brings_those_that_wait(path: Path) -> None:
    pen = Journal(path)
    with full_disk(0):
        pen.record(Warned(message="first"))
    pen.record(Warned(message="second"))
    assert not pen.stuck
    assert [event.message for event in of(Warned, written(path))] == ["first", "second"]
    pen.close()


def test_room_is_held_until_it_is_needed_or_the_run_ends(path: Path) -> None:
    room = path.parent / reserve.FILE
    pen = Journal(path)
    assert room.stat().st_size == reserve.SIZE
    with full_disk(0):
        pen.record(Warned(message="first"))
    pen.use_reserve()
    assert not room.exists()
    assert not pen.stuck
    assert [event.message for event in of(Warned, written(path))] == ["first"]
    pen.retry()
    assert room.exists()
    pen.close()
    assert not room.exists()


def test_a_trainer_with_nothing_to_write_shows_every_second_that_it_lives(
    path: Path, clock: Clock
) -> None:
    pen = Journal(path)
    shown = []
    pen.record(step(1))
    for _ in range(12):
        clock.now += 0.25
        os.utime(path, (0, 0))
        pen.beat()
        shown.append(path.stat().st_mtime > 0)
    assert shown == [False, False, False, True] * 3
    clock.now += 0.75
    pen.record(Warned(message="a line shows it too"))
    os.utime(path, (0, 0))
    clock.now += 0.75
    pen.beat()
    assert path.stat().st_mtime == 0
    pen.close()


def test_a_place_that_cannot_be_written_is_named(path: Path) -> None:
    path.mkdir()
    with pytest.raises(ReportedError, match=r"events\.jsonl cannot be written \(Is a directory\)"):
        Journal(path)


def test_real_time_passes_between_lines(path: Path) -> None:
    pen = Journal(path)
    began, number = time.monotonic(), 0
    while time.monotonic() - began < 0.35:
        number += 1
        pen.record(step(number))
    pen.close()
    assert len(of(Step, written(path))) <= 5


def test_there_is_room_again_when_there_is_enough_to_tell_of_the_next_time(path: Path) -> None:
    pen = Journal(path)
    with full_disk(0):
        pen.record(Warned(message="first"))
        assert pen.stuck
        pen.use_reserve()
    with full_disk(reserve.SIZE // 2):
        pen.retry()
        assert pen.stuck
    assert [event.message for event in of(Warned, written(path))] == ["first"]
    pen.retry()
    assert not pen.stuck
    pen.close()

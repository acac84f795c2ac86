"""Who may use the line to the terminal, told on a made-up line whose clock is turned by hand."""

import re

import pytest

from gru_tui.terminal import flow
from gru_tui.terminal.flow import NUMBERS, PATIENCE, UNPROVEN, Flow, number_at, question

SLOW, DELAY = 8000.0, 0.4  # bytes a second; seconds there and back
CHART, ECHO = 2000, 80  # bytes


class Line:
    """Carries frames one after the other, and brings their answers back."""

    def __init__(self, speed: float = SLOW, delay: float = DELAY, *, answers: bool = True) -> None:
        self.flow, self.now = Flow(), 0.0
        self.speed, self.delay, self.answers = speed, delay, answers
        self.sent: list[tuple[float, int]] = []
        self._due: list[tuple[float, int]] = []
        self._free_at = 0.0

    def send(self, size: int, *, urgent: bool = False) -> None:
        self._free_at = max(self.now, self._free_at) + size / self.speed
        if self.answers:
            self._due.append((self._free_at + self.delay, self.flow.number))
        self.flow.sent(size, self.now, urgent=urgent)
        self.sent.append((self.now, size))

    def offer(self, size: int, *, urgent: bool = False) -> bool:
        """Send it if it may go."""
        may = self.flow.wait(size, self.now, urgent=urgent) <= 0
        if may:
            self.send(size, urgent=urgent)
        return may

    def on(self, seconds: float) -> None:
        self.now += seconds
        while self._due and self._due[0][0] <= self.now:
            at, number = self._due.pop(0)
            self.flow.answered(number, at)

    @property
    def waiting(self) -> float:
        """Bytes that the line has not carried yet."""
        return max(0.0, self._free_at - self.now) * self.speed


@pytest.fixture
def slow() -> Line:
    """A line that is known: a first question, and a first frame."""
    line = Line()
    line.send(10, urgent=True)
    line.on(0.1)
    line.send(8000, urgent=True)
    line.on(2.0)
    return line


def watched(line: Line, seconds: float, size: int = CHART) -> int:
    """Bytes that news which come all the time have sent."""
    before = len(line.sent)
    for _ in range(int(seconds / 0.05)):
        line.offer(size)
        line.on(0.05)
    return sum(size for _, size in line.sent[before:])


def test_delay_and_speed_are_measured(slow: Line) -> None:
    assert slow.flow.delay == pytest.approx(DELAY, rel=0.01)
    assert slow.flow.speed == pytest.approx(SLOW, rel=0.01)


def test_news_take_a_quarter_of_a_slow_line_and_never_queue(slow: Line) -> None:
    sent = watched(slow, 60)
    assert 0.15 * 60 * SLOW < sent <= 0.27 * 60 * SLOW
    assert slow.waiting <= CHART


def test_news_of_any_pace_pass_a_fast_line() -> None:
    line = Line(speed=1e6, delay=0.002)
    line.send(10, urgent=True)
    line.on(0.05)
    line.send(8000, urgent=True)
    line.on(0.05)
    assert watched(line, 10) == 200 * CHART


def test_a_key_s_echo_goes_at_once_while_news_are_under_way(slow: Line) -> None:
    assert slow.offer(CHART)
    slow.on(0.05)
    assert not slow.offer(CHART)
    assert slow.offer(ECHO, urgent=True)


def test_even_what_keys_cause_does_not_queue(slow: Line) -> None:
    for _ in range(200):  # a key that is held down and scrolls
        slow.offer(1500, urgent=True)
        slow.on(0.03)
        assert slow.waiting <= 0.4 * SLOW


def test_a_terminal_that_never_answers_gets_everything_soon() -> None:
    line = Line(answers=False)
    line.send(10, urgent=True)
    line.on(0.1)
    assert line.offer(8000, urgent=True)
    assert 0 < line.flow.wait(CHART, line.now, urgent=False) <= UNPROVEN
    line.on(UNPROVEN)
    for _ in range(50):
        assert line.offer(CHART)
        line.on(0.01)
    assert line.flow.asks(line.now)
    line.on(flow.GIVEN_UP)
    assert not line.flow.asks(line.now)


def test_a_first_answer_that_comes_late_counts() -> None:
    line = Line(delay=3.0)
    line.send(10, urgent=True)
    line.on(1)
    assert line.offer(CHART)
    line.on(4)
    assert line.flow.asks(1000.0)
    assert line.flow.delay == pytest.approx(3.0, rel=0.01)


def test_a_lost_answer_delays_a_bit_and_is_not_taken_for_another(slow: Line) -> None:
    slow.answers = False
    slow.send(CHART)
    slow.answers = True
    slow.on(PATIENCE - 0.1)
    assert not slow.offer(CHART)
    slow.on(0.2)
    assert slow.offer(CHART)
    slow.on(1)
    assert slow.flow.delay == pytest.approx(DELAY, rel=0.01)
    assert slow.flow.wait(CHART, slow.now, urgent=True) == 0


def test_a_terminal_that_has_gone_gets_less_and_less_but_a_key_is_seen_soon(slow: Line) -> None:
    slow.answers = False
    watched(slow, 600)
    assert len([at for at, _ in slow.sent if at > 60]) <= 12
    slow.on(slow.flow.wait(ECHO, slow.now, urgent=True))
    assert slow.flow.wait(ECHO, slow.now, urgent=True) <= PATIENCE
    slow.answers = True
    slow.on(70)
    assert slow.offer(CHART)
    slow.on(5)
    assert watched(slow, 10) > 5 * CHART


def test_what_a_person_did_counts_for_a_moment() -> None:
    found = Flow()
    assert not found.touched(0.0)
    found.touch(10.0)
    assert found.touched(10.2)
    assert not found.touched(11.0)


def test_answers_are_due_until_they_come_or_count_as_lost(slow: Line) -> None:
    assert not slow.flow.answers_due(slow.now)
    slow.send(ECHO, urgent=True)
    assert slow.flow.answers_due(slow.now)
    slow.on(0.5)
    assert not slow.flow.answers_due(slow.now)
    slow.answers = False
    slow.send(ECHO, urgent=True)
    assert not slow.flow.answers_due(slow.now + 2 * PATIENCE)


def test_numbers_come_again_without_harm(slow: Line) -> None:
    for _ in range(3 * NUMBERS):
        slow.send(ECHO, urgent=True)
        slow.on(1)
    slow.answers = False
    for _ in range(3 * NUMBERS):
        slow.send(ECHO, urgent=True)
        slow.on(0.01)
    slow.flow.answered(NUMBERS + 7, slow.now)  # nobody has asked that


def test_an_answer_s_place_tells_the_question_also_in_a_narrow_terminal() -> None:
    for number in range(NUMBERS):
        place = re.fullmatch(r"\x1b\[(\d+);(\d+)H\x1b\[6n", question(number))
        assert place is not None
        row, column = int(place[1]), int(place[2])
        assert 2 <= row <= 7
        assert column <= 10
        assert number_at(column - 1, row - 1) == number
    assert number_at(1, 0) < 0  # F3 with Shift
    assert number_at(30, 3) < 0

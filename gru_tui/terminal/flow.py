"""How much the line to the terminal can take now, found out by asking the terminal.

Every frame ends with a question; the answer says that the frame has arrived, and when. From
that follow the line's delay and speed, and who has to wait: what a person's key causes may go
at once, what comes by itself has a part of the line only. Times are seconds, sizes are bytes.
"""

import statistics
from collections import deque
from dataclasses import dataclass

NUMBERS = 50  # of questions; a place on the screen each
ACROSS = 10  # of them in a row: fewer than the narrowest terminal has columns
SHARE = 0.25  # of the line, for what comes by itself
# Seconds' worth of bytes that may be on their way with a frame: one that comes by itself, one
# that a key causes, and a key's echo, which is so small that hardly anything waits behind it.
BY_ITSELF, CAUSED, ECHO = 0.1, 0.3, 0.8
ECHO_SIZE = 256
LEAST_CAUSED = 1024  # bytes, however slow the line is
TOUCH = 1.0  # seconds in which what happens is a key's doing
LONGEST_REST = 3.0  # seconds between two frames that come by themselves, whatever they cost
UNPROVEN = 0.5  # seconds in which a terminal has to give its first answer
GIVEN_UP = 5.0  # seconds without any answer, after which nothing is asked any more
PATIENCE = 2.0  # seconds, at least, until an answer counts as lost
MANY = 16_384  # bytes that a key may cause as long as the speed is not known
MOST_DOUBLINGS = 5  # of that patience, for what comes by itself
TELLING = 512  # bytes from which on a frame says something about the speed
SPEEDS, DELAYS = 7, 100  # how many of the last ones count


def question(number: int) -> str:
    """Where is the cursor? Practically every terminal says it; the place tells which question.

    From the second row on: in the first one, the answer would look like F3 with Shift or Ctrl.
    """
    return f"\x1b[{number // ACROSS + 2};{number % ACROSS + 1}H\x1b[6n"


def number_at(x: int, y: int) -> int:
    """The question that is answered with this column and row, both from 0; -1: none, but a key."""
    return (y - 1) * ACROSS + x if x < ACROSS and y > 0 else -1


@dataclass(frozen=True)
class _Asked:
    """A question that is not answered yet, and the frame before it."""

    number: int
    size: int
    at: float


class Flow:
    """Says how long a frame must wait. Whoever holds a frame back draws the newest instead."""

    def __init__(self) -> None:
        self.number = 0
        """Of the next question."""
        self._waiting: deque[_Asked] = deque(maxlen=NUMBERS - 1)
        self._given_up = 0  # how many of those, the first ones, nobody waits for any more
        self._first_asked: float | None = None
        self._last_answer = float("-inf")
        self._touched = float("-inf")
        self._free_again = 0.0  # when what comes by itself has paid for what it sent
        self._heard = False
        self._lost = 0  # answers, one after the other
        self._delays: deque[float] = deque(maxlen=DELAYS)
        self._speeds: deque[float] = deque(maxlen=SPEEDS)

    @property
    def speed(self) -> float | None:
        """Bytes a second; the middle one of the last, as a busy processor delays single ones."""
        return statistics.median(self._speeds) if self._speeds else None

    @property
    def delay(self) -> float:
        """Seconds there and back for next to nothing."""
        return min(self._delays, default=0.0)

    def asks(self, now: float) -> bool:
        """Whether a frame is to end with the question."""
        first = self._first_asked
        return self._heard or first is None or now - first < GIVEN_UP

    def touch(self, now: float) -> None:
        """A person has done something, and waits to see it."""
        self._touched = now

    def touched(self, now: float) -> bool:
        """Whether a person waits."""
        return now - self._touched < TOUCH

    def sent(self, size: int, now: float, *, urgent: bool) -> None:
        """A frame is on its way, with the question behind it."""
        if self._under_way and self._overdue(now, urgent=urgent) <= 0:
            self._given_up = len(self._waiting)
            self._lost += 1
        if self._first_asked is None:
            self._first_asked = now
        self._given_up = min(self._given_up, NUMBERS - 2)
        self._waiting.append(_Asked(self.number, size, now))
        self.number = (self.number + 1) % NUMBERS
        if not urgent and self.speed is not None:
            self._free_again = now + min(size / (SHARE * self.speed), LONGEST_REST)

    def answered(self, number: int, at: float) -> None:
        """That frame has arrived, and with it all before it."""
        numbers = [asked.number for asked in self._waiting]
        if number not in numbers:
            return
        arrived = [self._waiting.popleft() for _ in range(numbers.index(number) + 1)]
        self._given_up = max(0, self._given_up - len(arrived))
        self._heard, self._lost = True, 0
        # Behind others the frame has had the line only since the one before it had arrived.
        begun = max(arrived[0].at, self._last_answer - self.delay)
        took = at - begun - self.delay
        size = sum(asked.size for asked in arrived)
        if size >= TELLING and self._delays and took > 0:
            self._speeds.append(size / took)
        self._delays.append(max(0.0, at - arrived[-1].at))
        self._last_answer = at

    def answers_due(self, now: float) -> bool:
        """Whether an answer is likely to come yet."""
        if not self._under_way:
            return False
        if not self._heard:
            return now - self._under_way[0].at < UNPROVEN
        return self._overdue(now, urgent=True) > 0

    def wait(self, size: int, now: float, *, urgent: bool) -> float:
        """Seconds until a frame of that size may go; an answer may make it sooner."""
        paid = 0.0 if urgent else max(0.0, self._free_again - now)
        if not self._under_way:
            return paid
        if self._heard:
            overdue = self._overdue(now, urgent=urgent)
        else:
            overdue = (self._first_asked or 0.0) + UNPROVEN - now
        if overdue > 0 and self._bytes_under_way + size > self._room(size, urgent=urgent):
            return max(overdue, paid)
        return paid

    @property
    def _under_way(self) -> list[_Asked]:
        return list(self._waiting)[self._given_up :]

    @property
    def _bytes_under_way(self) -> int:
        return sum(asked.size for asked in self._under_way)

    def _room(self, size: int, *, urgent: bool) -> float:
        """Bytes that may be on their way together."""
        if self.speed is None:
            return MANY if urgent else 0.0
        if not urgent:
            return BY_ITSELF * self.speed
        return max(LEAST_CAUSED, (ECHO if size <= ECHO_SIZE else CAUSED) * self.speed)

    def _overdue(self, now: float, *, urgent: bool) -> float:
        """Seconds until the oldest answer counts as lost. A key never waits longer and longer."""
        expected = self.delay + (self._bytes_under_way / self.speed if self.speed else 0.0)
        doublings = 0 if urgent else min(self._lost, MOST_DOUBLINGS)
        patience: float = max(PATIENCE, 3 * expected) * 2**doublings
        return self._under_way[0].at + patience - now

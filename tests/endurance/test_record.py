"""Row 4: the record never lies, wherever it was cut or damaged, and one trainer writes it."""

import random
from pathlib import Path

import pytest

from engine.events import AnyEvent, Warned, encode
from gru_tui.runs.follower import Follower
from gru_tui.runs.journal import Journal
from gru_tui.runs.store import Store
from tests.endurance.conftest import Figure
from tests.runs.racing import race

TAIL = 4096  # bytes
LINES = [encode(Warned(message=f'event {number}: ä\\n"{{}}', time=1.0)) for number in range(60)]
WHOLE = b"".join(LINES)


def read(path: Path) -> list[AnyEvent]:
    follower, found = Follower(path), []
    while more := follower.poll():
        found += more
    return found


def damaged(number: int) -> str:
    return f"line {number} of events.jsonl is damaged and was skipped"


@pytest.mark.rounds(short=100, long=TAIL)
def test_wherever_the_record_is_cut_no_event_fuses_and_at_most_one_is_lost(
    tmp_path: Path, rounds: int, figure: Figure
) -> None:
    assert len(WHOLE) > TAIL
    path, lost = tmp_path / "events.jsonl", 0
    originals = read_of(LINES, path)
    after = Warned(message="the next life", time=2.0)
    for turn in range(rounds):
        cut = 1 + turn * TAIL // rounds
        kept = WHOLE[:-cut]
        path.write_bytes(kept)
        pen = Journal(path)
        pen.record(after)
        pen.close()
        found = read(path)
        whole, torn = kept.count(b"\n"), kept.rpartition(b"\n")[2]
        survives = torn + b"\n" in LINES  # all of it was there save its newline
        expected: list[AnyEvent] = [*originals[: whole + survives]]
        if torn and not survives:
            expected.append(Warned(message=damaged(whole + 1)))
            lost += 1
        assert found == [*expected, after], f"cut by {cut} bytes"
    figure(f"row 4: cut in {rounds} places, no event fused, the torn one lost in {lost}")


def read_of(lines: list[bytes], path: Path) -> list[AnyEvent]:
    path.write_bytes(b"".join(lines))
    return read(path)


@pytest.mark.rounds(short=50, long=5_000)
def test_a_damaged_line_is_named_and_costs_no_other(
    tmp_path: Path, rounds: int, figure: Figure
) -> None:
    path, chance = tmp_path / "events.jsonl", random.Random(4)
    originals = read_of(LINES, path)
    for _ in range(rounds):
        place = chance.randrange(1, len(LINES) - 1)
        line = bytearray(LINES[place])
        line[chance.randrange(12)] = chance.choice(b"\\x00\\xff#")  # in {"event":"w...
        found = read_of([*LINES[:place], bytes(line), *LINES[place + 1 :]], path)
        named = Warned(message=damaged(place + 1))
        assert found == [*originals[:place], named, *originals[place + 1 :]]
    figure(f"row 4: {rounds} of {rounds} damaged lines named with their number and skipped")


@pytest.mark.endurance
@pytest.mark.timeout(0)
def test_of_fifty_starts_at_once_exactly_one_trains(
    store: Store, rounds: int | None, figure: Figure
) -> None:
    """The short version is in tests/runs/test_lock.py."""
    starts = rounds or 50
    race(store, starts=starts)
    figure(f"row 4: of {starts} starts at once, one trained")

"""Following a file while somebody writes it: every line once, in order, whatever happens to it."""

import itertools
import os
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.events import AnyEvent, Step, Warned, encode
from gru_tui.runs import follower
from gru_tui.runs.files import LineFile
from gru_tui.runs.follower import Follower, LineFollower


def told(message: str) -> bytes:
    return encode(Warned(message=message))


def messages(events: list[AnyEvent]) -> list[str]:
    return [event.message for event in events if isinstance(event, Warned)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.jsonl"


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def test_the_reader_may_be_there_before_the_file(path: Path) -> None:
    reader = Follower(path)
    assert reader.poll() == []
    append(path, told("first"))
    assert messages(reader.poll()) == ["first"]
    assert reader.poll() == []


def test_a_line_completed_later_is_delivered_once(path: Path) -> None:
    line = told("whole")
    append(path, told("before") + line[:20])
    reader = Follower(path)
    assert messages(reader.poll()) == ["before"]
    assert reader.poll() == []
    append(path, line[20:-1])
    assert reader.poll() == []
    append(path, b"\n")
    assert messages(reader.poll()) == ["whole"]
    assert reader.poll() == []


def test_who_comes_at_the_end_reads_only_what_follows(path: Path) -> None:
    line = told("torn at first")
    append(path, told("old") * 3 + line[:10])
    reader = Follower.at_end(path)
    assert reader.poll() == []
    append(path, line[10:] + told("new"))
    assert messages(reader.poll()) == ["torn at first", "new"]


def test_a_killed_writers_torn_line_is_told_once_the_next_writer_closes_it(path: Path) -> None:
    append(path, told("one") + told("torn")[:15])
    reader = Follower(path)
    assert messages(reader.poll()) == ["one"]
    writer = LineFile(path)
    writer.append(told("two"))
    writer.close()
    damaged = "line 2 of events.jsonl is damaged and was skipped"
    assert messages(reader.poll()) == [damaged, "two"]


def test_a_shortened_file_is_followed_from_its_new_end(path: Path) -> None:
    append(path, told("one") + told("two") + told("three") + b'{"torn')
    reader = Follower(path)
    assert len(reader.poll()) == 3
    os.truncate(path, len(told("one")))
    assert reader.poll() == []
    append(path, told("four") + b"damaged\n")
    damaged = "line 3 of events.jsonl is damaged and was skipped"
    assert messages(reader.poll()) == ["four", damaged]


def test_a_removed_file_is_nothing_new(path: Path) -> None:
    append(path, told("one"))
    reader = Follower(path)
    assert len(reader.poll()) == 1
    path.unlink()
    assert reader.poll() == []


@pytest.mark.parametrize("before", [b"", b"\n"], ids=["among sound lines", "behind an empty one"])
@pytest.mark.parametrize(
    "damage",
    [
        b"no JSON",
        b'{"event":"step"}',
        b'{"event":"unheard of"}',
        b'{"event":"state","state":5}',
        b'{"event":"warning","message":"\xff\xfe"}',
        b"\x00" * 50,
        b'{"event":"run","hyperparameters":{"a":' + b"[" * 200_000 + b"]" * 200_000 + b"}}",
        b'{"event":"run","hyperparameters":{"patience":"soon"}}',
        b'{"event":"run","hyperparameters":{"patience":[1]}}',
        b'{"event":"hyperparameters","changed":{"dropout":[0.1]}}',
        b'{"event":"hyperparameters","changed":{"dropout":[0.1,7]}}',
        b'{"event":"hyperparameters","changed":{"colour":[0.1,0.2]}}',
        b'{"event":"warning","message":"two"}{"event":"warning","message":"three"}',
    ],
    ids=lambda damage: repr(damage[:40]),
)
def test_a_damaged_line_is_named_with_its_number_and_skipped(
    path: Path, damage: bytes, before: bytes
) -> None:
    append(path, told("one") + before + damage + b"\n" + told("four"))
    named = f"line {2 + len(before)} of events.jsonl is damaged and was skipped"
    assert messages(Follower(path).poll()) == ["one", named, "four"]


def test_an_overlong_line_is_named_and_never_held_in_memory(path: Path) -> None:
    with (
        mock.patch.object(follower, "MOST_READ", 16),
        mock.patch.object(follower, "LONGEST_LINE", 200),
    ):
        reader = Follower(path)
        append(path, told("one"))
        assert messages(reader.poll()) == ["one"]
        for _ in range(10):
            append(path, b"x" * 100)
            assert reader.poll() == []
        append(path, b"x\n" + told("three"))
        found = messages(reader.poll()) + messages(reader.poll())
    assert found == ["line 2 of events.jsonl is damaged and was skipped", "three"]


def test_the_end_of_an_overlong_line_is_no_event_whatever_it_looks_like(path: Path) -> None:
    with (
        mock.patch.object(follower, "MOST_READ", 16),
        mock.patch.object(follower, "LONGEST_LINE", 200),
    ):
        reader = Follower(path)
        append(path, b"x" * 16 * 13)
        assert reader.poll() == []
        append(path, told("within the line"))
        assert messages(reader.poll()) == ["line 1 of events.jsonl is damaged and was skipped"]


def test_an_event_that_is_torn_in_two_lines_is_two_damaged_ones(path: Path) -> None:
    whole = told("torn")
    half = whole.index(b",") + 1
    append(path, told("before") + whole[:half] + b"\n" + whole[half:])
    assert messages(Follower(path).poll()) == [
        "before",
        "line 2 of events.jsonl is damaged and was skipped",
        "line 3 of events.jsonl is damaged and was skipped",
    ]


def test_a_file_shortened_within_an_overlong_line_loses_nothing_that_follows(path: Path) -> None:
    with (
        mock.patch.object(follower, "MOST_READ", 16),
        mock.patch.object(follower, "LONGEST_LINE", 200),
    ):
        reader = LineFollower(path)
        append(path, b"x" * 500)
        assert reader.lines() == []
        os.truncate(path, 0)
        assert reader.lines() == []
        append(path, b"whole\n")
        assert reader.lines() == [b"whole"]


def test_a_file_that_cannot_be_read_is_told_once(path: Path) -> None:
    path.mkdir()
    reader = Follower(path)
    (event,) = reader.poll()
    assert messages([event]) == [f"{path} cannot be read (Is a directory)"]
    assert reader.poll() == []
    path.rmdir()
    append(path, told("one"))
    assert messages(reader.poll()) == ["one"]


def test_a_long_history_comes_in_portions(path: Path) -> None:
    step = Step(loss=1, perplexity=2, learning_rate=3, gradient_norm=4, characters_per_second=5)
    append(path, encode(step) * 500)
    reader, portions = Follower(path), []
    with mock.patch.object(follower, "MOST_READ", 4096):
        while events := reader.poll():
            portions.append(len(events))
    assert sum(portions) == 500
    assert max(portions) <= 4096 / len(encode(step)) + 1
    assert reader.place == (path.stat().st_size, 500)


@given(
    lines=st.lists(st.text(max_size=12), max_size=8),
    cuts=st.lists(st.integers(0, 600), max_size=12),
    portion=st.integers(1, 80),
)
def test_however_the_bytes_arrive_each_event_is_delivered_once_in_order(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], cuts: list[int], portion: int
) -> None:
    path = tmp_path_factory.mktemp("cut") / "events.jsonl"
    whole = b"".join(told(line) for line in lines)
    places = sorted({0, len(whole), *(min(cut, len(whole)) for cut in cuts)})
    reader, found = Follower(path), []
    with mock.patch.object(follower, "MOST_READ", portion):
        for start, end in itertools.pairwise(places):
            append(path, whole[start:end])
            found += reader.poll()
        while more := reader.poll():
            found += more
    assert messages(found) == lines

"""What is asked of a run, and how its trainer reads it."""

import os
from pathlib import Path

import pytest

from corpora.errors import ReportedError
from gru_tui.runs.command import FILE, Command, Inbox, send
from gru_tui.runs.run import Run
from tests.runs.making import full_disk


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path)


def test_commands_come_in_the_order_in_which_they_were_sent(run: Run) -> None:
    inbox = Inbox(run.path)
    assert inbox.take() == []
    first = send(run, "pause")
    second = send(run, "set", changes={"learning_rate": 0.1}, when="now")
    taken = [command for command in inbox.take() if isinstance(command, Command)]
    assert [command.id for command in taken] == [first, second]
    assert taken[1].changes == {"learning_rate": 0.1}
    assert taken[1].when == "now"
    assert inbox.take() == []


def test_a_change_waits_for_the_next_epoch_unless_told_otherwise(run: Run) -> None:
    send(run, "set", changes={"learning_rate": 0.1})
    (command,) = Inbox(run.path).take()
    assert isinstance(command, Command)
    assert command.when == "epoch"


@pytest.mark.parametrize(
    "damage",
    [
        b"no JSON",
        b'{"id":"a","time":1,"command":"dance"}',
        b'{"id":"a","time":1}',
        b'{"id":"a","time":1,"command":"set","changes":[]}',
        b'{"id":"a","time":1,"command":"set","when":"never"}',
        b'{"id":"\xff","time":1,"command":"stop"}',
        b'{"id":"a","time":1,"command":"set","changes":{"a":'
        + b"[" * 200_000
        + b"]" * 200_000
        + b"}}",
        b"x" * 10_000,
    ],
    ids=lambda damage: repr(damage[:40]),
)
def test_a_bad_line_is_named_and_those_around_it_are_heard(run: Run, damage: bytes) -> None:
    first = send(run, "pause")
    with (run.path / FILE).open("ab") as file:
        file.write(b"\n" + damage + b"\n")
    second = send(run, "resume")
    before, sentence, after = Inbox(run.path).take()
    assert isinstance(before, Command)
    assert isinstance(after, Command)
    assert (before.id, after.id) == (first, second)
    assert isinstance(sentence, str)
    assert sentence.startswith("line 3 of commands.jsonl is no command (")
    assert len(sentence) < 250


def test_a_torn_command_is_heard_once_it_is_whole(run: Run) -> None:
    inbox = Inbox(run.path)
    identity = send(run, "stop")
    whole = (run.path / FILE).read_bytes()
    os.truncate(run.path / FILE, 0)
    with (run.path / FILE).open("ab", buffering=0) as file:
        file.write(whole[:30])
        assert inbox.take() == []
        file.write(whole[30:])
    (command,) = inbox.take()
    assert isinstance(command, Command)
    assert command.id == identity


def test_a_command_torn_by_a_full_disk_is_never_heard_and_spoils_no_other(run: Run) -> None:
    with (
        full_disk(20),
        pytest.raises(ReportedError, match=r"cannot be asked to stop: .* \(File too large\)"),
    ):
        send(run, "stop")
    identity = send(run, "pause")
    sentence, command = Inbox(run.path).take()
    assert isinstance(sentence, str)
    assert isinstance(command, Command)
    assert command.id == identity


def test_a_run_that_is_gone_cannot_be_asked(tmp_path: Path) -> None:
    with pytest.raises(ReportedError, match="run gone cannot be asked to stop"):
        send(Run(tmp_path / "gone"), "stop")


def test_commands_that_cannot_be_read_are_told_once(run: Run) -> None:
    (run.path / FILE).mkdir()
    inbox = Inbox(run.path)
    assert inbox.take() == [f"{run.path / FILE} cannot be read (Is a directory)"]
    assert inbox.take() == []

"""What is asked of a run: lines of commands.jsonl, each answered by one event."""

import getpass
import secrets
import time
from collections.abc import Container, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from corpora.errors import ReportedError
from engine.hyperparameters import spelled
from gru_tui.runs.files import LineFile
from gru_tui.runs.follower import LineFollower

if TYPE_CHECKING:
    from gru_tui.runs.run import Run

Kind = Literal["pause", "resume", "stop", "set", "withdraw", "sample", "checkpoint"]
FILE = "commands.jsonl"


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that somebody asked for; `id` comes back in the answer.

    `changes` and `when` belong to `set`: new hyperparameters, before the next step or at the
    start of the next epoch. `withdraw` takes back the one with the id `target`, which waits for
    that.
    """

    id: str
    time: float
    command: Kind
    by: str = ""
    changes: dict[str, Any] = {}
    when: Literal["now", "epoch"] = "epoch"
    target: str = ""


_decoder = msgspec.json.Decoder(Command)


def send(run: "Run", kind: str, **details: Any) -> str:
    """Append a command; returns its id. Raises ReportedError where it cannot be written."""
    identity = secrets.token_hex(4)
    whole = {"id": identity, "time": time.time(), "command": kind, "by": _user(), **details}
    line = msgspec.json.encode(msgspec.convert(whole, Command)) + b"\n"
    try:
        file = LineFile(run.path / FILE)
        try:
            file.append(line)
        finally:
            file.close()
    except OSError as error:
        raise ReportedError(
            f"run {run.id} cannot be asked to {kind}: {run.path / FILE} cannot be written "
            f"({error.strerror})"
        ) from error
    return identity


def still_meant(commands: Sequence[Command], promised: Container[str]) -> list[Command]:
    """Of changes promised for an epoch only the values that no later promised change has made
    void: a trainer that has a later one behind it will not hear of it again.
    """
    found: list[Command] = []
    later: set[str] = set()
    for command in reversed(commands):
        if command.command == "set" and command.id in promised:
            if command.when == "now":
                later |= {spelled(name) for name in command.changes}
            else:
                command = _without(command, later)
        found.append(command)
    return found[::-1]


def _without(command: Command, names: set[str]) -> Command:
    left = {name: value for name, value in command.changes.items() if spelled(name) not in names}
    return msgspec.structs.replace(command, changes=left)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a user id without a name
        return "somebody"


class Inbox:
    """The trainer's end: every whole line once, in the file's order."""

    def __init__(self, folder: Path) -> None:
        self._lines = LineFollower(folder / FILE)

    def take(self) -> list[Command | str]:
        """All that has come; a line that is no command is handed over as a sentence about it."""
        taken: list[Command | str] = []
        while lines := self._lines.lines():
            first = self._lines.number - len(lines) + 1
            taken += [self._read(line, first + place) for place, line in enumerate(lines) if line]
        fault = self._lines.take_fault()
        return [*taken, fault] if fault else taken

    def _read(self, line: bytes, number: int) -> Command | str:
        try:
            return _decoder.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            return f"line {number:,} of {FILE} is no command ({str(error)[:120]}); it was skipped"

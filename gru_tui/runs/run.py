"""One run: its directory, what it is called, and whether it lives."""

from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

import msgspec

from corpora.errors import ReportedError, UsageError
from corpora.whole_file import alone, write_whole
from engine.hyperparameters import Hyperparameters
from engine.numbered import numbered
from gru_tui.runs import config, lock
from gru_tui.runs.config import RunConfig
from gru_tui.runs.names import clash
from gru_tui.runs.tags import check_text, checked_tags

LABEL = "label.json"
EVENTS = "events.jsonl"
CHECKPOINTS = "checkpoints"
LAST = "last.safetensors"  # the checkpoint to go on from
PARENT = "parent.safetensors"  # the checkpoint that a fork begins with
LONGEST_NAME, LONGEST_NOTE = 60, 500


class Label(msgspec.Struct, frozen=True, omit_defaults=True):
    """What people may change about a run: its name, a line about it, its tags, its place."""

    name: str = ""
    note: str = ""
    tags: tuple[str, ...] = ()
    pinned: bool = False  # stands above the others in every list


class Run:
    """A run by its directory. Everything here reads files: call it off the UI."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def id(self) -> str:
        """The directory's name."""
        return self.path.name

    @cached_property
    def config(self) -> RunConfig:
        """What the run is. Raises DamagedRunError."""
        return config.read(self.path)

    @property
    def events(self) -> Path:
        """What happened, a line each."""
        return self.path / EVENTS

    @property
    def checkpoints(self) -> Path:
        """The folder of its checkpoints."""
        return self.path / CHECKPOINTS

    def check_own_checkpoints(self) -> None:
        """Raise ReportedError where their folder is a link, which may lead anywhere."""
        if self.checkpoints.is_symlink():
            raise ReportedError(
                f"{self.checkpoints} is a link; put the folder itself there, because a run writes "
                "to its own directory alone"
            )

    def newest_checkpoint(self) -> Path | None:
        """The one to go on from; None where there has never been one.

        A last one that cannot be looked at is there: to open it says why, to begin anew would write
        over what was learnt. Where somebody has removed it, the furthest that is left takes its
        place.
        """
        last = self.checkpoints / LAST
        try:
            last.lstat()
        except FileNotFoundError:
            return next(self._furthest_first(), None)
        except OSError:
            return last
        return last

    def checkpoint_to_go_on_from(self) -> Path:
        """The newest checkpoint. Raises ReportedError where there has never been one."""
        newest = self.newest_checkpoint()
        if newest is None:
            raise ReportedError(
                f"run {self.id} has no checkpoint in {self.checkpoints}; a run writes its first "
                "when it begins"
            )
        return newest

    def without(self, damaged: Path) -> str:
        """How to go on where the checkpoint to go on from cannot be used, as the end of a sentence;
        "" where no older one can be.
        """
        from engine.checkpoint import load_checkpoint

        in_the_way = [damaged.name]
        for path in self._furthest_first():
            try:
                load_checkpoint(path)
            except ReportedError:  # most often another name of the same file
                in_the_way.append(path.name)
                continue
            names = " and ".join(dict.fromkeys(in_the_way))
            return f"; to go on from {path.name}, move {names} out of that folder"
        return ""

    def _furthest_first(self) -> Iterator[Path]:
        left = numbered(self.checkpoints).values()
        return (path for path in reversed(left) if not path.is_symlink())

    @property
    def label(self) -> Label:
        """What people have said about it; a damaged label counts as none."""
        try:
            return msgspec.json.decode((self.path / LABEL).read_bytes(), type=Label)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return Label()

    @property
    def name(self) -> str:
        """What it is called; its id when it has no name."""
        return self.label.name or self.id

    def rename(self, name: str) -> None:
        """Call it otherwise. Raises UsageError for a name that is none, ReportedError."""
        checked = checked_name(name)
        self._relabel(lambda label: msgspec.structs.replace(label, name=checked))

    def note(self, text: str) -> None:
        """Keep a line about it; "" takes it away. Raises UsageError, ReportedError."""
        checked = checked_note(text)
        self._relabel(lambda label: msgspec.structs.replace(label, note=checked))

    def change_tags(self, change: Callable[[tuple[str, ...]], str]) -> None:
        """Give it what `change` makes of its tags. Raises UsageError, ReportedError."""
        self._relabel(
            lambda label: msgspec.structs.replace(label, tags=checked_tags(change(label.tags)))
        )

    def pin(self, pinned: bool) -> None:
        """Let it stand above the others, or no longer. Raises ReportedError."""
        self._relabel(lambda label: msgspec.structs.replace(label, pinned=pinned))

    def hyperparameters(self) -> Hyperparameters:
        """The hyperparameters that it began with. Raises DamagedRunError."""
        return Hyperparameters.from_mapping({**config.BEFORE, **self.config.hyperparameters})

    def is_alive(self) -> bool:
        """Whether a trainer works on it, or waits."""
        return lock.is_held(self.path)

    def state(self) -> str:
        """starting, running, paused, stopped, finished, failed or interrupted."""
        from gru_tui.runs.summary import Summary

        return Summary(self).state

    def _relabel(self, change: Callable[[Label], Label]) -> None:
        """Others may be about to say something else of it: no word of theirs is lost."""
        try:
            with alone(self.path):
                write_whole(self.path / LABEL, msgspec.json.encode(change(self.label)))
        except OSError as error:
            raise ReportedError(
                f"the label of run {self.id} cannot be written ({error.strerror})"
            ) from error


def checked_name(name: str) -> str:
    """`name` without blanks around it.

    Raises UsageError when it is empty, too long, no text, or means something else in a command.
    """
    name = name.strip()
    check_text("the name of a run", name)
    if not name:
        raise UsageError("the name of a run is empty; give it at least one character")
    if len(name) > LONGEST_NAME:
        raise UsageError(
            f"the name of a run has {len(name)} characters; {LONGEST_NAME} are the most"
        )
    if fault := clash(name):
        raise UsageError(f"{fault}; choose another name")
    return name


def checked_note(text: str) -> str:
    """`text` without blanks around it. Raises UsageError when it is too long or no text."""
    text = text.strip()
    check_text("the note", text)
    if len(text) > LONGEST_NOTE:
        raise UsageError(f"the note has {len(text)} characters; {LONGEST_NOTE} are the most")
    return text

"""The checkpoints that a run keeps, with what their headers say. Call it off the UI."""

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from corpora.errors import ReportedError
from engine.numbered import numbered

if TYPE_CHECKING:
    from corpora import Vocabulary

NAMED = ("last", "best")  # first in the list, in this order
SUFFIX = ".safetensors"


@dataclass(frozen=True)
class Kept:
    """One checkpoint. `fault` says why it cannot be used; the other fields are then empty."""

    name: str  # last, best, or step-00001234
    path: Path
    step: int = 0
    epoch: float = 0.0
    validation_loss: float | None = None
    vocabulary: "Vocabulary | None" = None
    fault: str = ""

    @property
    def title(self) -> str:
        """As a list shows it."""
        name = self.name if self.name in NAMED else "step"
        return f"{name} (damaged)" if self.fault else f"{name} {self.step:,}"


class CheckpointShelf:
    """Remembers the headers that it has read, so that looking again costs a stat a file."""

    def __init__(self) -> None:
        self._read: dict[tuple[Path, int, int, int], Kept] = {}

    def of(self, run: Path) -> tuple[Kept, ...]:
        """The checkpoints in a run's directory: last, best, then the numbered, newest first."""
        folder = run / "checkpoints"
        named = (folder / f"{name}{SUFFIX}" for name in NAMED)
        kept: dict[tuple[Path, int, int, int], Kept] = {}
        for path in (*named, *reversed(numbered(folder).values())):
            with contextlib.suppress(OSError):  # not there, or pruned a moment ago
                found = path.stat()
                version = (path, found.st_ino, found.st_mtime_ns, found.st_size)
                kept[version] = self._read.get(version) or _read(path)
        self._read = kept
        return tuple(kept.values())


def _read(path: Path) -> Kept:
    from corpora import Vocabulary
    from engine.checkpoint import read_header

    name = path.name.removesuffix(SUFFIX)
    try:
        header = read_header(path)
    except ReportedError as error:
        return Kept(name, path, fault=str(error))
    return Kept(
        name,
        path,
        header.step,
        header.epoch,
        header.validation_loss,
        Vocabulary(tuple(header.vocabulary), header.unknown_id),
    )

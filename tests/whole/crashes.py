"""What a power cut may leave of a checkpoint's folder, after whichever of its system calls.

The model is harsher than a file system: of all that no fsync has yet made durable, any part may be
there and any part may lack, in any order.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.whole.traced import Call

Name = str
Inode = int
HALF, WHOLE = 0.5, 1.0  # how much of what was written into a file has reached the disk
MAKES = {"link", "linkat", "rename", "renameat", "renameat2"}
REMOVES = {"unlink", "unlinkat"}


@dataclass(frozen=True)
class Change:
    """One entry of the folder: `name` means `inode` from now on, `gone` means nothing."""

    name: Name = ""
    inode: Inode | None = None
    gone: Name = ""


@dataclass
class Disk:
    """Names and files as all processes see them, and what of both is not yet durable."""

    folder: Path
    names: dict[Name, Inode] = field(default_factory=dict)
    durable: dict[Name, Inode] = field(default_factory=dict)
    synced: set[Inode] = field(default_factory=set)
    pending: list[Change] = field(default_factory=list)
    elsewhere: dict[str, Inode] = field(default_factory=dict)  # in folders of the moment
    steps: dict[Inode, Name] = field(default_factory=dict)  # the first whole name of a file

    def perform(self, call: Call) -> bool:
        """Whether the call had to do with the folder."""
        paths = [Path(path) for path in call.paths]
        if call.failed or not paths or not self._is_ours(paths[-1]):
            return False
        if call.name == "openat" and "O_CREAT" in call.arguments:
            self._change(Change(paths[0].name, len(self.steps)))
            self.steps[len(self.steps)] = ""
        elif call.name in MAKES:
            self._rename_or_link(paths[0], paths[1], moves=call.name.startswith("rename"))
        elif call.name in REMOVES and paths[-1].parent == self.folder:
            if paths[-1].name in self.names:
                self._change(Change(gone=paths[-1].name))
        elif call.name == "fsync" and paths[0] == self.folder:
            self.durable, self.pending = dict(self.names), []
        elif call.name == "fsync":
            self.synced.add(self.names[paths[0].name])
        else:
            return call.name == "write"
        return True

    def left(self) -> Iterator[dict[Name, tuple[Inode, float]]]:
        """Every state in which a power cut now may leave the folder."""
        for chosen in itertools.product((False, True), repeat=len(self.pending)):
            names = dict(self.durable)
            for change, is_there in zip(self.pending, chosen, strict=True):
                if is_there:
                    _apply(change, names)
            torn = sorted({inode for inode in names.values() if inode not in self.synced})
            for parts in itertools.product((0.0, HALF, WHOLE), repeat=len(torn)):
                part = dict(zip(torn, parts, strict=True))
                yield {name: (inode, part.get(inode, WHOLE)) for name, inode in names.items()}

    def _is_ours(self, path: Path) -> bool:
        return self.folder in (path, path.parent, path.parent.parent)

    def _rename_or_link(self, old: Path, new: Path, *, moves: bool) -> None:
        inode = self.elsewhere.get(str(old), self.names.get(old.name))
        assert inode is not None, old
        if new.parent != self.folder:
            self.elsewhere[str(new)] = inode
            return
        if not self.steps[inode]:
            self.steps[inode] = new.name
        gone = old.name if moves and old.parent == self.folder else ""
        self._change(Change(new.name, inode, gone))

    def _change(self, change: Change) -> None:
        self.pending.append(change)
        _apply(change, self.names)


def _apply(change: Change, names: dict[Name, Inode]) -> None:
    if change.gone:
        names.pop(change.gone, None)
    if change.inode is not None:
        names[change.name] = change.inode

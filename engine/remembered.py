"""What was measured on this machine, kept in small files; what lacks there is measured again."""

import contextlib
import hashlib
from pathlib import Path
from typing import TypeVar

import msgspec

from corpora.whole_file import make_private, written

T = TypeVar("T")


def place(folder: Path | None, suffix: str, parts: object) -> Path | None:
    """The file of an answer that holds as long as `parts` stay the same; None without a folder."""
    name = hashlib.sha256(repr(parts).encode()).hexdigest()[:32]
    return None if folder is None else folder / (name + suffix)


def recall(path: Path | None, kind: type[T]) -> T | None:
    """The answer that is kept there; None where there is none, or one of another kind."""
    if path is None:
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.MsgspecError):
        return None


def remember(path: Path | None, answer: object) -> None:
    """Keep the answer there; where that fails it is measured again next time."""
    if path is not None:
        with contextlib.suppress(OSError):
            make_private(path.parent)
            with written(path, durable=False) as file:
                file.write(msgspec.json.encode(answer))

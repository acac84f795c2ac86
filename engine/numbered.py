"""The numbered checkpoints of a run: one name for each step, and which step a name means."""

import re
from pathlib import Path

NAME = re.compile(r"step-([0-9]{1,18})\.safetensors")


def numbered_path(folder: Path, step: int) -> Path:
    """The file of that step's checkpoint."""
    return folder / f"step-{step:08d}.safetensors"


def numbered(folder: Path) -> dict[int, Path]:
    """The checkpoints in that folder by their steps, the lowest first; no other file."""
    found = ((NAME.fullmatch(path.name), path) for path in folder.glob("step-*"))
    return dict(sorted((int(match[1]), path) for match, path in found if match))

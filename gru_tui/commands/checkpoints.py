"""Which checkpoint of a run is meant: best, last, or one by its step."""

import contextlib
import difflib
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from corpora.errors import ReportedError, UsageError
from engine.numbered import numbered

if TYPE_CHECKING:
    from gru_tui.runs.run import Run

NUMBERED = re.compile(r"(?:step-)?0*([0-9]{1,18})(?:\.safetensors)?")
BY_NAME = ("best", "last")

option = click.option(
    "--checkpoint",
    metavar="best|last|STEP",
    help="Which checkpoint. Default best, or last where nothing was validated.",
)


def checkpoint_path(run: "Run", wanted: str | None) -> Path:
    """The file of that checkpoint.

    Raises ReportedError when the run has none yet, UsageError naming those that it has.
    """
    folder = run.checkpoints
    named = {name: folder / f"{name}.safetensors" for name in BY_NAME}
    by_step = numbered(folder)
    if not by_step and not any(path.exists() for path in named.values()):
        raise ReportedError(
            f"run {run.id} has no checkpoint in {folder}; a run writes its first when it begins"
        )
    if wanted is None:
        found = next((path for path in named.values() if path.exists()), None)
        return found if found is not None else by_step[max(by_step)]
    if wanted in named and named[wanted].exists():
        return named[wanted]
    match = NUMBERED.fullmatch(wanted)
    step = int(match[1]) if match else None
    if step is not None:
        path = by_step.get(step) or _unnumbered(named, step)
        if path is not None:
            return path
    raise UsageError(
        f"run {run.id} has no checkpoint {wanted!r}; {_hint(wanted, step, named, by_step)}"
    )


def _unnumbered(named: dict[str, Path], step: int) -> Path | None:
    """The best or last checkpoint, if it is of that step; its numbered name may be gone."""
    from engine.checkpoint import read_header
    from engine.errors import CheckpointError

    for path in named.values():
        with contextlib.suppress(CheckpointError):
            if read_header(path).step == step:
                return path
    return None


def _hint(wanted: str, step: int | None, named: dict[str, Path], numbered: dict[int, Path]) -> str:
    if step is not None and numbered:
        nearest = min(numbered, key=lambda known: abs(known - step))
        return f"the nearest is {nearest}"
    near = difflib.get_close_matches(wanted, BY_NAME, n=1, cutoff=0.5)
    if near and named[near[0]].exists():
        return f"did you mean {near[0]}?"
    names = [name for name, path in named.items() if path.exists()]
    return "there are " + ", ".join(names + [str(known) for known in sorted(numbered)])

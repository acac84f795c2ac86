"""The events of a run of any length, written in seconds: `python -m tests.long_run FILE [LINES]`.

Losses, norms and rates come from a random generator with a seed; at known places stand what must
not be lost: the lowest and the highest loss, a loss that was not finite, and changes.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np

from engine.events import (
    CheckpointSaved,
    Event,
    HyperparametersChanged,
    RunStarted,
    Sample,
    State,
    Validation,
    encode,
)

STEPS_A_LINE = 6
LINES_A_VALIDATION = 5_000
LOWEST, HIGHEST, LARGEST_NORM = 0.125, 9.75, 77.5
# Where they stand, as a part of all lines.
AT_LOWEST, AT_HIGHEST, AT_BROKEN, AT_CHANGE, AT_NORM = 0.61, 0.33, 0.47, 0.2503, 0.8
LINE = (
    '{"event":"step","loss":%s,"perplexity":null,"learning_rate":%s,"gradient_norm":%s,'
    '"characters_per_second":%s,"count":6,"memory":183500800,"step":%d,"epoch":%s,'
    '"seconds":%s,"characters":%d}'
)


def place(part: float, lines: int) -> int:
    """The number of the line that stands there, from 0."""
    return int(part * lines)


def losses(lines: int) -> np.ndarray:
    """One a line; the broken one is NaN."""
    rng = np.random.default_rng(5)
    found = 1.3 + 3 * np.exp(-np.arange(lines) / (lines / 30)) + rng.normal(0, 0.05, lines)
    found = found.round(6)
    found[place(AT_LOWEST, lines)] = LOWEST
    found[place(AT_HIGHEST, lines)] = HIGHEST
    found[place(AT_BROKEN, lines)] = np.nan
    return found


def write(path: Path, lines: int = 1_000_000) -> None:
    """So many step events, and the others that belong to them."""
    number = np.arange(1, lines + 1)
    rng = np.random.default_rng(6)
    norms, rates = rng.random(lines) + 0.5, rng.random(lines) * 1e4 + 1e5
    norms[place(AT_NORM, lines)] = LARGEST_NORM
    steps, seconds = number * STEPS_A_LINE, (number * 0.1037).round(3)
    epochs = (steps / 8_000).round(6)
    columns = (
        [loss if loss == loss else "null" for loss in losses(lines).tolist()],  # noqa: PLR0124
        (0.006 * (1 - number / lines)).round(9).tolist(),
        norms.round(6).tolist(),
        rates.round(1).tolist(),
        steps.tolist(),
        epochs.tolist(),
        seconds.tolist(),
        (steps * 4096).tolist(),
    )
    rows = [LINE % row for row in zip(*columns, strict=True)]
    for line in {
        place(AT_CHANGE, lines),
        *range(LINES_A_VALIDATION, lines + 1, LINES_A_VALIDATION),
    }:
        at = line if line == place(AT_CHANGE, lines) else line - 1
        where = {"step": int(steps[at]), "epoch": float(epochs[at]), "seconds": float(seconds[at])}
        rows[at] += "\n" + _others(where, changes=at == line, loss=columns[0][at])
    begun = encode(RunStarted(run="long")) + encode(State(state="running"))
    path.write_bytes(begun + "\n".join([*rows, ""]).encode())


def _others(where: dict[str, Any], *, changes: bool, loss: Any) -> str:
    """What happened at that step besides."""
    events: list[Event] = [HyperparametersChanged(changed={"dropout": [0.0, 0.1]}, **where)]
    if not changes:
        measured: dict[str, Any] = {"update_ratio": 0.001, "saturation": 0.25}
        figures: dict[str, Any] = {"loss": loss, "perplexity": None, "bits_per_character": None}
        events = [
            Validation(best=True, **figures, **measured, **where),
            CheckpointSaved(path="x", kind="step", **where),
            Sample(text="the fox", temperature=0.8, **where),
        ]
    return b"".join(map(encode, events)).decode().rstrip("\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]), *map(int, sys.argv[2:3]))

"""How much memory training a model needs, told before it is tried."""

import contextlib
from pathlib import Path

from engine.cells import CELLS
from engine.errors import UsageError
from engine.hyperparameters import Hyperparameters
from engine.machine import choose_processes
from engine.model import Architecture

BYTES = 4  # of a float32
COPIES = 4  # parameter, gradient, two moments
LAID_OUT = 2  # the weights again, as the products want them, forward and backward
# Arrays of (T, B, H) that a layer keeps, beside its gates and their gradients.
KEPT = {"gru": 6, "cifg": 7, "lstm": 7}
RESERVE = 0.95  # of what is free: the rest is for Python and for the others
LIMIT = Path("/sys/fs/cgroup/memory.max")


def needed(settings: Hyperparameters, vocabulary_size: int) -> int:
    """Bytes that the trainer and its workers will hold, to within a third."""
    architecture = Architecture.of(settings, vocabulary_size)
    positions = settings.batch_size * settings.sequence_length
    H, V, layers = settings.hidden_size, vocabulary_size, settings.layers
    gates = len(CELLS[settings.cell].gates)
    of_choices = (2 if settings.dropout else 0) + (gates if settings.input_norm else 0)
    kept = layers * (gates + KEPT[settings.cell] + of_choices)
    shared = CELLS[settings.cell].columns + 1
    activations = positions * (H * (kept + shared) + 2 * V + min(V, positions))
    weights = architecture.parameter_count * (COPIES + LAID_OUT)
    for_the_layer_below = H if layers > 1 else 0
    ngrams = architecture.input_size - architecture.character_size
    mail = positions * (for_the_layer_below + ngrams) + 2 * settings.batch_size * H
    return BYTES * (weights + activations + choose_processes(settings) * mail)


def available() -> float:
    """Bytes that this process can still get; infinite where the system does not tell."""
    found = [float("inf")]
    with contextlib.suppress(OSError):
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                found.append(int(line.split()[1]) * 1024)
    with contextlib.suppress(OSError, ValueError):  # no control group, or "max"
        found.append(int(LIMIT.read_text()))
    return min(found)


def check_fits(settings: Hyperparameters, vocabulary_size: int) -> None:
    """Raise UsageError, with the bytes needed and a size that would fit, for too large a model."""
    room = available() * RESERVE
    need = needed(settings, vocabulary_size)
    if need <= room:
        return
    fitting = settings.hidden_size
    while fitting > 1 and needed(_with_units(settings, fitting), vocabulary_size) > room:
        fitting = fitting * 7 // 8
    raise UsageError(
        f"{settings.layers} layer(s) of {settings.hidden_size:,} units with batch_size "
        f"{settings.batch_size:,} and sequence_length {settings.sequence_length:,} need "
        f"{need / 1e9:,.1f} GB, but {room / 1e9:,.1f} GB are free; hidden_size {fitting:,} "
        "would fit, or a smaller batch"
    )


def _with_units(settings: Hyperparameters, units: int) -> Hyperparameters:
    return Hyperparameters.from_mapping({"hidden_size": units}, settings)

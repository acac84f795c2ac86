"""How much memory training a model needs, told before it is tried."""

import contextlib
import resource
from pathlib import Path

from corpora import Corpus
from engine import control_group
from engine.batches import laid_out
from engine.cells import CELLS
from engine.errors import UsageError
from engine.evaluation import BLOCK, MOST_STREAMS
from engine.hyperparameters import Hyperparameters
from engine.machine import choose_processes
from engine.model import Architecture

BYTES = 4  # of a float32
COPIES = 4  # parameter, gradient, two moments
LAID_OUT = 2  # the weights again, as the products want them, forward and backward
SAVED = 3  # of COPIES, what a snapshot has: the gradient comes anew with every step
SNAPSHOTS = 2  # the last good one, to go back to, and the one that is being saved
SERIALISED = 2  # times a snapshot: safetensors makes the file's bytes, and copies them for Python
# A worker keeps what its parent had when it was forked and has replaced since: the first snapshot,
# and the weights as the writer of samples had laid them out.
LEFT_BY_FORK = SAVED + 1
# Arrays of (T, B, H) that a layer keeps, beside its gates and their gradients.
KEPT = {"gru": 6, "cifg": 7, "lstm": 7}
KEPT_FORWARD = 4  # of these, what a layer has that only evaluates
OF_A_PROCESS = 8_000_000  # bytes: pages of Python's objects, and the buffers of BLAS
RESERVE = 0.95  # of what is free: the rest is for Python and for the others


def needed(settings: Hyperparameters, vocabulary_size: int) -> int:
    """Bytes that a trainer and its workers hold at most, to within a third.

    That is while a checkpoint is saved, after a validation and a sample. The validation part is
    taken to be long enough for all streams of an evaluation.
    """
    architecture = Architecture.of(settings, vocabulary_size)
    processes = choose_processes(settings)
    numbers = _of_weights(architecture, processes)
    numbers += _of_training(settings, architecture, processes)
    numbers += _of_validation(architecture)
    return BYTES * numbers + processes * OF_A_PROCESS


def _of_weights(architecture: Architecture, processes: int) -> int:
    """The numbers in all that is as large as the weights."""
    parameters, H = architecture.parameter_count, architecture.hidden_size
    inputs = [
        max(architecture.input_size if index == 0 else H, H) for index in range(architecture.layers)
    ]
    rows = sum(H * width for width in inputs)  # of one gate, on the way to where products want them
    gradients = len(CELLS[architecture.cell].gates) * rows  # before each gate's goes to its place
    copies = COPIES + SAVED * (SNAPSHOTS + SERIALISED) + (LEFT_BY_FORK if processes > 1 else 0)
    networks = 1 + processes  # the writer's, and each process has one of its own to validate
    return (copies + LAID_OUT + networks) * parameters + gradients + (1 + networks) * rows


def _of_training(settings: Hyperparameters, architecture: Architecture, processes: int) -> int:
    """The numbers in the activations of a step, their gradients, and the processes' mail."""
    positions = settings.batch_size * settings.sequence_length
    H, V, layers = settings.hidden_size, architecture.vocabulary_size, settings.layers
    ngrams = architecture.input_size - architecture.character_size
    gates = len(CELLS[settings.cell].gates)
    # Outputs that dropout has thinned, and its masks, which each process draws for all units.
    of_choices = (1 + processes if settings.dropout else 0) + (gates if settings.input_norm else 0)
    kept = layers * (gates + KEPT[settings.cell] + of_choices) + (gates if ngrams else 0)
    shared = CELLS[settings.cell].columns + 1
    activations = positions * (H * (kept + shared) + 2 * V)
    for_the_layer_below = H if layers > 1 else 0
    mail = positions * (for_the_layer_below + ngrams) + 2 * settings.batch_size * H
    return activations + processes * mail


def _of_validation(architecture: Architecture) -> int:
    """The numbers in the activations of an evaluation, whose streams the processes share."""
    gates = len(CELLS[architecture.cell].gates)
    arrays = architecture.layers * (gates + KEPT_FORWARD)
    if architecture.input_size > architecture.character_size:
        arrays += gates  # what the n-grams contribute
    each = architecture.hidden_size * arrays + 2 * architecture.vocabulary_size
    return MOST_STREAMS * BLOCK * each


def available() -> float:
    """Bytes that this process can still get; infinite where the system does not tell."""
    found = [control_group.memory()]
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)  # `ulimit -v`, which each process inherits
    if limit != resource.RLIM_INFINITY:
        found.append(max(0, limit - _mapped()))
    with contextlib.suppress(OSError):
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                found.append(int(line.split()[1]) * 1024)
    return min(found)


def _mapped() -> int:
    """Bytes of this process's address space that are taken; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def check_fits(settings: Hyperparameters, vocabulary_size: int) -> None:
    """Raise UsageError, with the bytes needed and a size that would fit, for a model that is too
    large to be trained with the batch that `settings` get (`engine.batches.laid_out`).
    """
    room = available() * RESERVE
    need = needed(settings, vocabulary_size)
    if need <= room:
        return
    fitting = settings.hidden_size
    while fitting > 1 and needed(_with_units(settings, fitting), vocabulary_size) > room:
        fitting = fitting * 7 // 8
    if needed(_with_units(settings, fitting), vocabulary_size) <= room:
        advice = f"hidden size {fitting:,} would fit, or a smaller batch"
    else:
        advice = "take a smaller batch size or sequence length"
    raise UsageError(
        f"{settings.layers} layer(s) of {settings.hidden_size:,} units with batch size "
        f"{settings.batch_size:,} and sequence length {settings.sequence_length:,} need "
        f"{need / 1e9:,.1f} GB, but {room / 1e9:,.1f} GB are free; {advice}"
    )


def check_change(old: Hyperparameters, new: Hyperparameters, corpus: Corpus) -> None:
    """Raise UsageError for a change, while `old` is trained, that needs more than is free."""
    vocabulary_size = len(corpus.vocabulary)
    old, new = laid_out(old, corpus), laid_out(new, corpus)
    more = needed(new, vocabulary_size) - needed(old, vocabulary_size)
    room = available() * RESERVE
    if more > max(0, room):
        raise UsageError(
            f"batch size {new.batch_size:,} and sequence length {new.sequence_length:,} need "
            f"{more / 1e9:,.1f} GB more, but {room / 1e9:,.1f} GB are free; take smaller ones"
        )


def _with_units(settings: Hyperparameters, units: int) -> Hyperparameters:
    return Hyperparameters.from_mapping({"hidden_size": units}, settings)

"""Checkpoints: one safetensors file each, whole or absent, that PyTorch reads too."""

import contextlib
import itertools
import json
import os
import shutil
import stat
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from corpora import Vocabulary
from corpora.whole_file import PARTIAL, make_durable, written
from engine.arrays import Floats, Parameters
from engine.cells import CELLS
from engine.errors import CheckpointError, CheckpointWriteError
from engine.events import FORMAT, Count
from engine.hyperparameters import Hyperparameters
from engine.model import Architecture, Model

FIRST, SECOND, STATE = "adam.first_moment.", "adam.second_moment.", "state."
READABLE = ("F32", "F64")  # as safetensors calls the types of tensors
CHECKSUM = "crc32"  # in the header: of all else that stands there, and of the tensors


class Metadata(msgspec.Struct, kw_only=True, frozen=True):
    """What stands in the header, each field a JSON text of its own.

    `progress` holds the trainer's counters, `random_state` what its random numbers
    are derived from.
    """

    format: str
    architecture: Architecture
    vocabulary: list[str]
    unknown_id: int | None
    hyperparameters: dict[str, Any]
    step: Count
    epoch: float
    loss: float | None
    validation_loss: float | None
    corpus: dict[str, Any]
    random_state: dict[str, Any]
    progress: dict[str, Any]

    def settings(self) -> Hyperparameters:
        """The hyperparameters, typed. Raises HyperparameterError for values of a stranger.

        What the architecture says goes before what they say: a release that knew fewer of them
        wrote none of the others, whose defaults may be another model's.
        """
        known = msgspec.to_builtins(self.architecture)
        del known["vocabulary_size"]
        return Hyperparameters.from_mapping({**self.hyperparameters, **known})


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint in memory: the model and everything that continuing needs."""

    model: Model
    metadata: Metadata
    first_moments: Parameters
    second_moments: Parameters
    state: dict[str, Floats]

    @property
    def step(self) -> int:
        """The optimiser steps behind it."""
        return self.metadata.step

    @property
    def epoch(self) -> float:
        """The passes over the text behind it."""
        return self.metadata.epoch

    @property
    def loss(self) -> float | None:
        """The last training loss in nats per character."""
        return self.metadata.loss

    @property
    def validation_loss(self) -> float | None:
        """The last validation loss in nats per character."""
        return self.metadata.validation_loss

    @property
    def hyperparameters(self) -> Hyperparameters:
        """As they were when it was saved. Raises HyperparameterError for values of a stranger."""
        return self.metadata.settings()

    @property
    def corpus(self) -> dict[str, Any]:
        """name, source and sha256 of the text."""
        return self.metadata.corpus

    @property
    def dtype(self) -> type[np.floating[Any]]:
        """The type of the parameters: float32 or float64."""
        return self.model.parameters["head.bias"].dtype.type

    def check_fits(self, model: Model) -> None:
        """Raise CheckpointError unless `model` has this vocabulary and architecture."""
        if model.vocabulary != self.model.vocabulary:
            raise CheckpointError(
                f"it was trained on {self.corpus.get('name')!r} with other characters than this "
                "text has; give the text that it was trained on"
            )
        if model.architecture != self.model.architecture:
            raise CheckpointError(
                "the hyperparameters ask for another architecture; cell, layers, hidden size, "
                "embedding size, ngram order, ngram size and input norm cannot change"
            )


def named_tensors(
    parameters: Parameters, first: Parameters, second: Parameters, state: Parameters
) -> dict[str, Floats]:
    """Parameters, both moments and carried state under the names that they have in the file."""
    groups = (("", parameters), (FIRST, first), (SECOND, second), (STATE, state))
    return {prefix + name: array for prefix, group in groups for name, array in group.items()}


def save_checkpoint(path: Path, tensors: Mapping[str, Floats], metadata: Metadata) -> None:
    """Write a checkpoint so that a crash at any moment leaves the old file or the new one.

    Raises CheckpointWriteError; what was at `path` is then still there.
    """
    header = {name: json.dumps(value) for name, value in msgspec.to_builtins(metadata).items()}
    arrays = {name: np.ascontiguousarray(array) for name, array in tensors.items()}
    header[CHECKSUM] = json.dumps(_checksum(header, arrays.items()))
    beside = path.with_name(f".{path.name}{PARTIAL}")
    try:
        with written(path, beside=beside) as file:
            file.write(save(arrays, metadata=header))
    except OSError as error:
        raise _unwritten(path, error, "; older checkpoints are untouched") from error


def same_file(target: Path, name: Path) -> None:
    """Make `name` another name of the file `target`, atomically; a copy where links fail.

    Raises CheckpointWriteError.
    """
    try:
        with tempfile.TemporaryDirectory(dir=name.parent, prefix=".link-") as folder:
            temporary = Path(folder) / name.name
            try:
                os.link(target, temporary)
            except OSError:
                _copy(target, temporary)
            temporary.replace(name)
        make_durable(name.parent)
    except OSError as error:
        raise _unwritten(name, error) from error


def _unwritten(path: Path, error: OSError, beside: str = "") -> CheckpointWriteError:
    what = f"the checkpoint {path} could not be written"
    if not path.parent.exists():
        return CheckpointWriteError(
            f"{what}: there is no folder {path.parent}; make it, then resume"
        )
    return CheckpointWriteError(f"{what} ({error.strerror}){beside}; make room, then resume")


def _copy(target: Path, name: Path) -> None:
    """For file systems without links; as durable as what it copies."""
    with target.open("rb") as source, written(name) as file:
        shutil.copyfileobj(source, file)


def read_header(path: Path) -> Metadata:
    """The metadata of a checkpoint, without its tensors. Raises CheckpointError."""
    with _opened(path) as file:
        return _metadata(path, file.metadata() or {})


def load_checkpoint(path: Path | str) -> Checkpoint:
    """The checkpoint at `path`, checked against its own header. Raises CheckpointError."""
    path = Path(path)
    with _opened(path) as file:
        header = file.metadata() or {}
        metadata = _metadata(path, header)
        shapes = metadata.architecture.shapes()
        names = set(file.keys())

        def group(prefix: str) -> dict[str, Floats]:
            return {
                name: _tensor(path, file, names, prefix + name, shape)
                for name, shape in shapes.items()
            }

        parameters = group("")
        complete = {prefix + name for prefix in (FIRST, SECOND) for name in shapes} <= names
        state = {
            name.removeprefix(STATE): _finite(path, file, name)
            for name in sorted(names)
            if name.startswith(STATE)
        }
        first, second = (group(prefix) if complete else {} for prefix in (FIRST, SECOND))
        read = named_tensors(parameters, first, second, state)
        # What else may stand there is read for its checksum alone.
        others = ((name, file.get_tensor(name)) for name in names - read.keys())
        _check_whole(path, header, itertools.chain(read.items(), others))
        vocabulary = Vocabulary(tuple(metadata.vocabulary), metadata.unknown_id)
        model = Model(metadata.architecture, vocabulary, parameters)
        return Checkpoint(model, metadata, first, second, state)


def _check_whole(
    path: Path, header: Mapping[str, str], arrays: Iterable[tuple[str, Floats]]
) -> None:
    """Raise CheckpointError where a byte is not the one that was written.

    A file without a checksum, of an earlier release or another program, is taken as it is.
    """
    if CHECKSUM in header and header[CHECKSUM] != json.dumps(_checksum(header, arrays)):
        raise CheckpointError(
            f"{path} is damaged: it does not hold what was written to it; take another checkpoint"
        )


def _checksum(header: Mapping[str, str], arrays: Iterable[tuple[str, Floats]]) -> int:
    """A checksum in which the order of the parts does not count: a file may have another one."""
    texts = ((name, text.encode()) for name, text in header.items() if name != CHECKSUM)
    parts: Iterable[tuple[str, Any]] = itertools.chain(texts, arrays)
    return sum(zlib.crc32(data, zlib.crc32(name.encode())) for name, data in parts) % (1 << 32)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for its writer
            raise CheckpointError(f"{path} is no file; name one that ends in .safetensors")
        with safe_open(path, framework="numpy") as file:
            yield file
    except FileNotFoundError:
        raise CheckpointError(f"there is no checkpoint {path}") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise CheckpointError(f"the checkpoint {path} cannot be read: {reason}") from error
    except SafetensorError as error:
        said = " ".join(str(error).split())[:200]  # which quotes from the file
        raise CheckpointError(
            f"{path} is no whole safetensors file ({said}); take another checkpoint"
        ) from error


def _metadata(path: Path, header: Mapping[str, str]) -> Metadata:
    if "format" not in header:
        raise CheckpointError(
            f"{path} was not written by gru-tui: its header names no format; take another file"
        )
    try:
        values = {name: json.loads(text) for name, text in header.items()}
        if values["format"] != FORMAT:
            raise CheckpointError(
                f"{path} has format {str(values['format'])[:40]!r}, but this program reads "
                f"{FORMAT}; a newer gru-tui may read it"
            )
        metadata = msgspec.convert(values, Metadata)
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{path} has a damaged header: {str(error)[:200]}") from error
    _check_architecture(path, metadata)
    return metadata


def _check_architecture(path: Path, metadata: Metadata) -> None:
    architecture, characters = metadata.architecture, metadata.vocabulary
    sizes = (architecture.hidden_size, architecture.vocabulary_size)
    fault = ""
    if architecture.cell not in CELLS:
        fault = f"its cell {architecture.cell[:40]!r} is unknown"
    elif not 1 <= architecture.layers <= 64 or min(sizes) < 1 or architecture.embedding_size < 0:
        fault = "its architecture has impossible sizes"
    elif not (1 <= architecture.ngram_order <= 8 and 0 <= architecture.ngram_size <= 4096):
        fault = "its n-grams have impossible sizes"
    elif len(characters) != architecture.vocabulary_size or len(set(characters)) != len(characters):
        fault = "its vocabulary does not fit its architecture or has a character twice"
    elif any(len(character) != 1 for character in characters):
        fault = "its vocabulary has entries that are not one character"
    elif metadata.unknown_id is not None and not 0 <= metadata.unknown_id < len(characters):
        fault = "its unknown_id lies outside the vocabulary"
    if fault:
        raise CheckpointError(f"{path} cannot be used: {fault}; take another checkpoint")


def _tensor(path: Path, file: Any, names: set[str], name: str, shape: tuple[int, ...]) -> Floats:
    if name not in names:
        raise CheckpointError(f"{path} lacks the tensor {name}; take another checkpoint")
    declared = tuple(file.get_slice(name).get_shape())
    if declared != shape:
        raise CheckpointError(
            f"{path}: {name} has shape {declared}, but the architecture says {shape}"
        )
    return _finite(path, file, name)


def _finite(path: Path, file: Any, name: str) -> Floats:
    # Asked before it is read: NumPy lacks some of the format's types, such as BF16.
    kind = file.get_slice(name).get_dtype()
    if kind not in READABLE:
        raise CheckpointError(
            f"{path}: {name} holds {kind}, but it must hold {' or '.join(READABLE)}; "
            "take another checkpoint"
        )
    array: Floats = file.get_tensor(name)
    if not np.isfinite(array).all():
        raise CheckpointError(f"{path}: {name} holds values that are not finite")
    return array

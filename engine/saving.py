"""The whole state of a trainer, taken, kept, written, and put back."""

import contextlib
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from engine.arrays import Floats
from engine.checkpoint import (
    FIRST,
    SECOND,
    STATE,
    Checkpoint,
    Metadata,
    same_file,
    save_checkpoint,
)
from engine.errors import CheckpointError
from engine.events import FORMAT
from engine.position import Position

if TYPE_CHECKING:
    from engine.trainer import Trainer


@dataclass(frozen=True)
class Snapshot:
    """Tensors under their names in a checkpoint, and the metadata beside them."""

    tensors: dict[str, Floats]
    metadata: Metadata

    @classmethod
    def of_checkpoint(cls, checkpoint: Checkpoint, path: Path) -> "Snapshot":
        """Raises CheckpointError when it holds a model only, nothing to continue with."""
        if not checkpoint.first_moments or "hidden" not in checkpoint.state:
            raise CheckpointError(
                f"{path} holds a model but not the state of its training; fork from it instead"
            )
        tensors = dict(checkpoint.model.parameters)
        tensors |= {FIRST + name: array for name, array in checkpoint.first_moments.items()}
        tensors |= {SECOND + name: array for name, array in checkpoint.second_moments.items()}
        tensors |= {STATE + name: array for name, array in checkpoint.state.items()}
        return cls(tensors, checkpoint.metadata)


def _live_tensors(trainer: "Trainer") -> dict[str, Floats]:
    weights, exchange = trainer.weights, trainer.workspace.exchange
    tensors = dict(weights.parameters)
    tensors |= {FIRST + name: array for name, array in weights.first_moments.items()}
    tensors |= {SECOND + name: array for name, array in weights.second_moments.items()}
    tensors[STATE + "hidden"] = exchange.state
    tensors[STATE + "cell"] = exchange.cell_state
    return tensors


def take_snapshot(trainer: "Trainer") -> Snapshot:
    """A copy of everything that continuing needs."""
    tensors = {name: array.copy() for name, array in _live_tensors(trainer).items()}
    position, corpus = trainer.position, trainer.corpus
    counters = msgspec.to_builtins(position) | {"seconds": trainer.seconds, "is_best": False}
    if math.isinf(position.best_validation_loss):
        counters["best_validation_loss"] = None
    metadata = Metadata(
        format=FORMAT,
        architecture=trainer.weights.architecture,
        vocabulary=list(corpus.vocabulary.characters),
        unknown_id=corpus.vocabulary.unknown_id,
        hyperparameters=trainer.hyperparameters.to_mapping(),
        step=position.step,
        epoch=trainer.epoch,
        loss=position.loss,
        validation_loss=position.validation_loss,
        corpus={"name": corpus.name, "source": corpus.source, "sha256": corpus.sha256},
        random_state={
            "random_seed": trainer.hyperparameters.random_seed,
            "generators": "numpy default_rng((random_seed, purpose, counter)); none runs on",
        },
        progress=counters,
    )
    return Snapshot(tensors, metadata)


def restore(trainer: "Trainer", snapshot: Snapshot) -> None:
    """Put the trainer back to where the snapshot was taken. Its hyperparameters stay.

    Raises CheckpointError for counters that cannot be.
    """
    position = _position(snapshot.metadata.progress)
    tensors = _live_tensors(trainer)
    same_batches = tensors[STATE + "hidden"].shape == snapshot.tensors[STATE + "hidden"].shape
    for name, array in tensors.items():
        if not name.startswith(STATE):
            array[:] = snapshot.tensors[name]
        elif same_batches and name in snapshot.tensors:
            array[:] = snapshot.tensors[name]
    trainer.place_at(position, same_batches=same_batches)


def _position(progress: dict[str, Any]) -> Position:
    counters = dict(progress)
    if counters.get("best_validation_loss") is None:
        counters.pop("best_validation_loss", None)
    try:
        position = msgspec.convert(counters, Position)
    except msgspec.ValidationError as error:
        raise CheckpointError(f"the checkpoint's progress is damaged: {error}") from error
    if min(position.step, position.character, position.offset, position.adam_step) < 0:
        raise CheckpointError("the checkpoint's progress is damaged: a counter is negative")
    return position


def save_snapshot(snapshot: Snapshot, folder: Path, *, best: bool, keep: int) -> str:
    """Write a numbered checkpoint, name it last (and best), drop the oldest; return its name.

    Raises CheckpointWriteError, with the older checkpoints untouched.
    """
    path = folder / f"step-{snapshot.metadata.step:08d}.safetensors"
    save_checkpoint(path, snapshot.tensors, snapshot.metadata)
    same_file(path, folder / "last.safetensors")
    if best:
        same_file(path, folder / "best.safetensors")
    numbered = sorted(folder.glob("step-*.safetensors"))
    for old in [other for other in numbered if other != path][: max(0, len(numbered) - keep)]:
        with contextlib.suppress(OSError):
            old.unlink()
    return path.name

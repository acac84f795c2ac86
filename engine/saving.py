"""The whole state of a trainer: taken, written, and put back."""

import contextlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from engine.arrays import Floats
from engine.checkpoint import (
    STATE,
    Checkpoint,
    Metadata,
    load_checkpoint,
    named_tensors,
    same_file,
    save_checkpoint,
)
from engine.errors import CheckpointError
from engine.events import FORMAT
from engine.layout import Layout
from engine.numbered import numbered, numbered_path
from engine.position import Position

if TYPE_CHECKING:
    from engine.trainer import Trainer


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Checkpoint]:
    """The checkpoint at `path`; errors about it that come up inside name the file."""
    checkpoint = load_checkpoint(path)
    try:
        yield checkpoint
    except CheckpointError as error:
        raise CheckpointError(f"{path} cannot be used here: {error}") from error


@dataclass(frozen=True)
class Snapshot:
    """Tensors under their names in a checkpoint, and the metadata beside them."""

    tensors: dict[str, Floats]
    metadata: Metadata

    @classmethod
    def of(cls, trainer: "Trainer") -> "Snapshot":
        """A copy of everything that continuing needs."""
        tensors = {name: array.copy() for name, array in _live_tensors(trainer.layout).items()}
        position, corpus = trainer.position, trainer.corpus
        counters = msgspec.to_builtins(position)
        counters |= {"seconds": trainer.seconds, "is_best": False}
        counters["adam_step"] = position.step  # part of the format
        if math.isinf(position.best_validation_loss):
            del counters["best_validation_loss"]
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
        return cls(tensors, metadata)

    @classmethod
    def from_checkpoint(cls, checkpoint: Checkpoint) -> "Snapshot":
        """Raises CheckpointError when it holds a model only, nothing to continue with."""
        if not checkpoint.first_moments or not {"hidden", "cell"} <= set(checkpoint.state):
            raise CheckpointError("it holds a model but not the state of its training; fork it")
        tensors = named_tensors(
            checkpoint.model.parameters,
            checkpoint.first_moments,
            checkpoint.second_moments,
            checkpoint.state,
        )
        return cls(tensors, checkpoint.metadata)

    def put_back(self, layout: Layout) -> Position:
        """Restore weights, moments and carried state; returns the position to stand at.

        Raises CheckpointError for counters that cannot be.
        """
        position = _position(self.metadata.progress)
        layout.forget()
        for name, array in _live_tensors(layout).items():
            # With another number of streams than then, nothing is remembered.
            if array.shape == self.tensors[name].shape:
                array[:] = self.tensors[name]
        if layout.exchange.state.shape == self.tensors[STATE + "hidden"].shape:
            layout.place(position)
        else:
            done = self.metadata.epoch - position.epoch_index
            if not 0 <= done <= 1:
                raise CheckpointError(f"its progress is damaged: epoch {self.metadata.epoch}")
            layout.place_in_other_streams(position, done)
        return position


def _live_tensors(layout: Layout) -> dict[str, Floats]:
    weights, exchange = layout.weights, layout.exchange
    state = {"hidden": exchange.state, "cell": exchange.cell_state}
    return named_tensors(weights.parameters, weights.first_moments, weights.second_moments, state)


def _position(progress: dict[str, Any]) -> Position:
    try:
        position = msgspec.convert(progress, Position)
    except msgspec.ValidationError as error:
        raise CheckpointError(f"its progress is damaged: {error}") from error
    if not (math.isfinite(position.seconds) and position.seconds >= 0):
        raise CheckpointError(f"its progress is damaged: it took {position.seconds} seconds")
    return position


def save_snapshot(snapshot: Snapshot, folder: Path, *, best: bool, keep: int) -> str:
    """Write a numbered checkpoint, name it last (and best), drop old ones; return its name.

    The `keep` of the highest steps stay, and of the others some that show how it has learned.
    Raises CheckpointWriteError, with the older checkpoints untouched.
    """
    path = numbered_path(folder, snapshot.metadata.step)
    save_checkpoint(path, snapshot.tensors, snapshot.metadata)
    # Best before last: a run killed in between resumes from the older one and names both again.
    if best:
        same_file(path, folder / "best.safetensors")
    same_file(path, folder / "last.safetensors")
    paths = numbered(folder)
    older = [step for step in paths if paths[step] != path][: max(0, len(paths) - keep)]
    for step in _outdated(older):
        with contextlib.suppress(OSError):
            paths[step].unlink()
    return path.name


def _outdated(older: Sequence[int]) -> Iterator[int]:
    """All save the first and those that came at least twice as far as the one kept before.

    So a run of any length keeps few, and each save comes to the same choice as the one before.
    """
    reached = -1
    for step in older:
        if step >= 2 * reached:
            reached = max(step, 1)
        else:
            yield step

"""The trainer: an iterator of typed events that takes changes between its steps."""

import math
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

import msgspec
import numpy as np

import corpora
from corpora import Corpus
from corpora.errors import CorpusError
from engine.batches import Batches
from engine.checkpoint import Checkpoint, load_checkpoint
from engine.errors import CheckpointError, DivergedError
from engine.events import (
    AnyEvent,
    CheckpointSaved,
    Event,
    HyperparametersChanged,
    Rollback,
    Sample,
    Step,
    Validation,
    Warned,
)
from engine.hyperparameters import Hyperparameters, live_changes
from engine.loss import bits_per_character, perplexity
from engine.model import Architecture, Model, initialise
from engine.position import Position
from engine.sampling import Choice, Writer
from engine.saving import Snapshot, restore, save_snapshot, take_snapshot
from engine.schedule import learning_rate, progress
from engine.shards import Team
from engine.training import TRAIN, VALIDATE, ShardTasks, Weights, Workspace, step_settings
from engine.exchange import Exchange

# What random numbers are for; with the random seed and a counter they seed a generator,
# so that no generator's state has to be carried along.
INITIAL, OFFSETS, SAMPLES = 1, 2, 3
MOST_ROLLBACKS = 3
LONGEST_VALIDATION = 1_000_000  # characters measured while training; `evaluate` measures all
SAMPLES_PART = 400  # characters trained for each character of a sample, by default


E = TypeVar("E", bound=Event)


class Trainer:
    """Trains a model on a corpus (or a string), one event at a time.

    `processes` share the units; `folder` is where checkpoints go, None keeps them in
    memory; `started` is when the time budget began (time.monotonic). Close it, or use
    it in a `with` statement, to end its processes.
    Raises CorpusError for a text too short to learn from.
    """

    def __init__(
        self,
        corpus: Corpus | str,
        hyperparameters: Hyperparameters | None = None,
        *,
        processes: int = 1,
        folder: Path | None = None,
        started: float | None = None,
        dtype: type[np.floating] = np.float32,
    ) -> None:
        settings = hyperparameters if hyperparameters is not None else Hyperparameters()
        if isinstance(corpus, str):
            corpus = corpora.from_text(
                corpus, lower_case=settings.lower_case, min_count=settings.min_count
            )
        self.corpus = corpus
        self.hyperparameters = settings
        self.processes = processes
        self.folder = folder
        self.position = Position()
        self.finished = False
        self._events: deque[Callable[[], AnyEvent | None]] = deque()
        self._pending: list[tuple[dict[str, Any], str, str]] = []
        self._clock = started if started is not None else time.monotonic()
        self._closing_seconds = 0.0  # what the last validation and checkpoint will take
        self._rollbacks = 0
        self._team: Team | None = None
        self._text, validation = corpus.split(settings.validation_fraction)
        self._validation_ids = validation[: LONGEST_VALIDATION + 1]
        if len(self._text) < 2:
            raise CorpusError(
                f"the text of {corpus.name} is too short to learn from: {len(self._text)} "
                "character(s) are left for training; take a longer text"
            )
        architecture = Architecture.of(settings, len(corpus.vocabulary))
        self.weights = Weights(architecture, np.dtype(dtype))
        rng = np.random.default_rng((settings.random_seed, INITIAL))
        initialise(self.weights.parameters, architecture, settings.initialisation, rng)
        self._writer = Writer(self.model)
        self._lay_out()
        self._begin_epoch()
        self._snapshot = take_snapshot(self)
        self._events.extend((self._saved, self.sample))
        if settings.batch_size > self.batches.batch_size:
            self._events.append(self._shrunk)

    @classmethod
    def resume(
        cls,
        path: Path,
        corpus: Corpus | str,
        *,
        processes: int = 1,
        folder: Path | None = None,
        hyperparameters: Hyperparameters | None = None,
    ) -> Self:
        """Go on from a checkpoint, bit for bit as if nothing had happened.

        `hyperparameters` take the place of the checkpoint's. Raises CheckpointError, also
        when the corpus is not the one that the checkpoint was trained on.
        """
        checkpoint = load_checkpoint(path)
        settings = hyperparameters or checkpoint.hyperparameters
        trainer = cls._around(checkpoint, path, corpus, settings, processes, folder)
        restore(trainer, Snapshot.of_checkpoint(checkpoint, path))
        trainer._snapshot = take_snapshot(trainer)
        return trainer

    @classmethod
    def fork(
        cls,
        path: Path,
        corpus: Corpus | str,
        hyperparameters: Hyperparameters,
        *,
        processes: int = 1,
        folder: Path | None = None,
    ) -> Self:
        """Begin a new run with the parameters of a checkpoint, on the same vocabulary."""
        checkpoint = load_checkpoint(path)
        trainer = cls._around(checkpoint, path, corpus, hyperparameters, processes, folder)
        for name, array in checkpoint.model.parameters.items():
            trainer.weights.parameters[name][:] = array
        trainer._snapshot = take_snapshot(trainer)
        trainer._events.extend((trainer._saved, trainer.sample))
        return trainer

    @classmethod
    def _around(
        cls,
        checkpoint: Checkpoint,
        path: Path,
        corpus: Corpus | str,
        settings: Hyperparameters,
        processes: int,
        folder: Path | None,
    ) -> Self:
        dtype = next(iter(checkpoint.model.parameters.values())).dtype.type
        trainer = cls(corpus, settings, processes=processes, folder=folder, dtype=dtype)
        trainer._events.clear()
        if trainer.corpus.vocabulary != checkpoint.model.vocabulary:
            trainer.close()
            raise CheckpointError(
                f"{path} was trained on {checkpoint.corpus.get('name')!r} with other characters "
                f"than {trainer.corpus.name!r} has; give the text that it was trained on"
            )
        if trainer.model.architecture != checkpoint.model.architecture:
            trainer.close()
            raise CheckpointError(
                f"{path} has another architecture than the hyperparameters ask for; "
                "cell, layers, hidden_size and embedding_size cannot change"
            )
        return trainer

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> AnyEvent:
        """The next thing that happens.

        Raises StopIteration at the end, DivergedError, WorkerError, and CheckpointWriteError
        (after which it may be called again).
        """
        while True:
            if self._events:
                event = self._events.popleft()()
                if event is not None:
                    return event
            elif self.finished:
                raise StopIteration
            elif self._is_over():
                self.finished = True
                self._finish()
            else:
                return self._step()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the worker processes."""
        if self._team is not None:
            self._team.close()
            self._team = None

    @property
    def step(self) -> int:
        """Optimiser steps so far."""
        return self.position.step

    @property
    def epoch(self) -> float:
        """Passes over the training text so far."""
        return self.position.epoch_index + self.position.character / self.batches.stream_length

    @property
    def model(self) -> Model:
        """The model as it is now; its parameters change with every step."""
        weights = self.weights
        return Model(weights.architecture, self.corpus.vocabulary, weights.parameters)

    @property
    def seconds(self) -> float:
        """Time spent, without pauses, in seconds."""
        return self.position.seconds + time.monotonic() - self._clock

    def hold(self) -> None:
        """A pause begins: what was spent so far counts."""
        self.position.seconds = self.seconds
        self._clock = time.monotonic()

    def idle(self) -> None:
        """Called at least at the end of a pause: the time since `hold` does not count."""
        self._clock = time.monotonic()

    def change(
        self,
        values: Mapping[str, object],
        *,
        when: Literal["now", "epoch"] = "now",
        by: str = "",
        command: str = "",
    ) -> None:
        """Change hyperparameters before the next step, or at the start of the next epoch.

        A HyperparametersChanged event follows. Raises HyperparameterError.
        """
        changes: dict[str, Any] = live_changes(values)
        if when == "epoch":
            self._pending.append((changes, by, command))
        else:
            self._events.append(lambda: self._changed(changes, by, command))
            self.finished = False

    def sample(self, *, command: str = "") -> Sample:
        """What the model writes now; the same at the same step of the same run."""
        settings = self.hyperparameters
        rng = np.random.default_rng((settings.random_seed, SAMPLES, self.step))
        choice = Choice(settings.sample_temperature)
        text = "".join(self._writer.write("", settings.sample_length, choice, rng))
        sample = Sample(text=text, temperature=settings.sample_temperature, command=command)
        return self._stamped(sample)

    def validate(self) -> Validation | None:
        """Measure the validation part; None when there is none."""
        if len(self._validation_ids) < 2:
            return None
        begun = time.monotonic()
        self.team.run(VALIDATE)
        loss = self.workspace.validation_loss()
        finite = math.isfinite(loss)
        best = finite and loss < self.position.best_validation_loss
        if best:
            self.position.best_validation_loss = loss
        self.position.is_best = best
        self.position.validation_loss = loss if finite else None
        self.position.validated_at = self.step
        self._closing_seconds = 1.2 * (time.monotonic() - begun) + 0.1
        return self._stamped(
            Validation(
                loss=loss if finite else None,
                perplexity=perplexity(loss) if finite else None,
                bits_per_character=bits_per_character(loss) if finite else None,
                best=best,
            )
        )

    def save(self, kind: str = "step", *, command: str = "") -> CheckpointSaved:
        """Write a checkpoint (or keep one in memory). Raises CheckpointWriteError."""
        snapshot = take_snapshot(self)
        path = ""
        best = self.position.is_best or math.isinf(self.position.best_validation_loss)
        if self.folder is not None:
            path = save_snapshot(
                snapshot, self.folder, best=best, keep=self.hyperparameters.keep_checkpoints
            )
        self._snapshot = snapshot
        if self.step > self.position.rolled_back_at:
            self._rollbacks = 0
        kind = "best" if best and kind == "step" else kind
        self.position.is_best = False
        return self._stamped(CheckpointSaved(path=path, kind=kind, command=command))

    @property
    def team(self) -> Team:
        """The processes; they start when they are first needed."""
        if self._team is None:
            workspace = self.workspace
            self._team = Team(self.processes, lambda shard: ShardTasks(workspace, shard))
        return self._team

    def _lay_out(self) -> None:
        """Cut the text and make the buffers that the present hyperparameters ask for."""
        settings = self.hyperparameters
        old = getattr(self, "workspace", None)
        self.close()
        self.batches = Batches(self._text, settings.batch_size, settings.sequence_length)
        exchange = Exchange(
            self.weights.architecture,
            self.batches.sequence_length,
            self.batches.batch_size,
            dtype=self.weights.dtype,
            dropout=settings.dropout > 0,
        )
        if old is not None and old.exchange.state.shape == exchange.state.shape:
            exchange.state[:] = old.exchange.state
            exchange.cell_state[:] = old.exchange.cell_state
        self.workspace = Workspace(
            self.weights, exchange, self._validation_ids, settings.random_seed, self.processes
        )

    def place_at(self, position: Position, *, same_batches: bool) -> None:
        """Stand at `position` of the text; with other batches than before, nothing is remembered."""
        self.position = position
        self._clock = time.monotonic()
        self.batches.cut(min(position.offset, self.batches.most_offset))
        last = self.batches.stream_length - self.batches.sequence_length
        position.character = max(0, min(position.character, last))
        if not same_batches:
            self._forget()

    def _begin_epoch(self) -> None:
        """A new random offset, and nothing remembered."""
        position = self.position
        position.character = 0
        seeds = (self.hyperparameters.random_seed, OFFSETS, position.epoch_index)
        position.offset = self.batches.random_offset(np.random.default_rng(seeds))
        self.batches.cut(position.offset)
        self._forget()

    def _forget(self) -> None:
        self.workspace.exchange.state[:] = 0
        self.workspace.exchange.cell_state[:] = 0

    def _step(self) -> AnyEvent:
        position, settings, batches = self.position, self.hyperparameters, self.batches
        begun = time.monotonic()
        exchange = self.workspace.exchange
        exchange.inputs[:], exchange.targets[:] = batches.block(position.character)
        budget = max(1e-9, settings.max_seconds - self._closing_seconds)
        seconds = self.seconds * settings.max_seconds / budget if settings.max_seconds else 0.0
        done = progress(settings, self.step, self.epoch, seconds)
        rate = learning_rate(settings, self.step, done)
        self.workspace.settings[:] = step_settings(
            settings, rate, position.adam_step + 1, self.step
        ).as_row()
        self.team.run(TRAIN)
        figures = self.workspace.step_figures()
        if not figures.updated:
            return self._roll_back(figures.loss, figures.gradient_norm)
        position.step += 1
        position.adam_step += 1
        position.character += batches.sequence_length
        position.characters += exchange.inputs.size
        position.loss = figures.loss
        event = self._stamped(
            Step(
                loss=figures.loss,
                perplexity=perplexity(figures.loss),
                learning_rate=rate,
                gradient_norm=figures.gradient_norm,
                characters_per_second=exchange.inputs.size / (time.monotonic() - begun),
            )
        )
        if position.character + batches.sequence_length > batches.stream_length:
            self._end_epoch()
        self._schedule()
        return event

    def _end_epoch(self) -> None:
        self.position.epoch_index += 1
        pending, self._pending = self._pending, []
        for changes, by, command in pending:
            self._events.append(lambda c=changes, b=by, i=command: self._changed(c, b, i))  # type: ignore[misc]
        self._begin_epoch()

    def _schedule(self) -> None:
        """Put what is due at this step in line."""
        settings, step, per_epoch = self.hyperparameters, self.step, self.batches.steps
        validate_every = settings.validate_every or min(1000, max(25, per_epoch))
        checkpoint_every = settings.checkpoint_every or validate_every
        trained = self.batches.batch_size * self.batches.sequence_length
        sample_every = settings.sample_every or max(
            1, SAMPLES_PART * settings.sample_length // trained
        )
        if step % validate_every == 0:
            self._events.append(self.validate)
        if step % checkpoint_every == 0:
            self._events.append(self.save)
        if step % sample_every == 0:
            self._events.append(self.sample)

    def _is_over(self) -> bool:
        settings = self.hyperparameters
        return bool(
            (settings.steps and self.step >= settings.steps)
            or (settings.epochs and self.epoch >= settings.epochs)
            or (
                settings.max_seconds
                and self.seconds >= settings.max_seconds - self._closing_seconds
            )
        )

    def _finish(self) -> None:
        if self.position.validated_at != self.step:
            self._events.append(self.validate)
        self._events.append(lambda: self.save("last"))

    def _changed(self, changes: Mapping[str, Any], by: str, command: str) -> AnyEvent | None:
        old = self.hyperparameters
        changed = {
            name: [getattr(old, name), value]
            for name, value in changes.items()
            if getattr(old, name) != value
        }
        self.hyperparameters = Hyperparameters.from_mapping(changes, old)
        shape = {"batch_size", "sequence_length"} & set(changed)
        if shape or ("dropout" in changed and 0 in changed["dropout"]):
            self._change_shape()
        event = HyperparametersChanged(changed=changed, by=by, command=command)
        return self._stamped(event)

    def _change_shape(self) -> None:
        """Go on at the same place of the text with other streams."""
        done, streams = (
            self.position.character / self.batches.stream_length,
            self.batches.batch_size,
        )
        self.hold()
        self._lay_out()
        same = self.batches.batch_size == streams
        self.batches.cut(min(self.position.offset, self.batches.most_offset))
        if not same:
            self.position.character = int(done * self.batches.stream_length)
        self.place_at(self.position, same_batches=same)

    def _shrunk(self) -> AnyEvent:
        asked, got = self.hyperparameters.batch_size, self.batches.batch_size
        return self._stamped(
            Warned(
                message=f"the text is short: batches have {got} streams of "
                f"{self.batches.sequence_length} characters instead of {asked} of "
                f"{self.hyperparameters.sequence_length}"
            )
        )

    def _roll_back(self, loss: float, norm: float) -> AnyEvent:
        """Back to the last good checkpoint with half the learning rate."""
        self._rollbacks += 1
        failed_at, rate = self.step, self.hyperparameters.learning_rate
        if self._rollbacks > MOST_ROLLBACKS:
            raise DivergedError(
                f"the loss diverged {self._rollbacks} times in a row, last at step {failed_at} "
                f"with learning rate {rate:g}; try a tenth of it, or a smaller gradient_clip"
            )
        restore(self, self._snapshot)
        self.position.rolled_back_at = max(failed_at, self.position.rolled_back_at)
        self.hyperparameters = msgspec.structs.replace(self.hyperparameters, learning_rate=rate / 2)
        figures = f"loss {loss:.4g}, gradient norm {norm:.4g}"
        return self._stamped(
            Rollback(
                to_step=self.step,
                reason=f"training diverged at step {failed_at} ({figures})",
                learning_rate=rate / 2,
            )
        )

    def _saved(self) -> AnyEvent | None:
        return self.save() if self.folder is not None else None

    def _stamped(self, event: E) -> E:
        return msgspec.structs.replace(
            event,
            time=time.time(),
            step=self.step,
            epoch=round(self.epoch, 6),
            seconds=round(self.seconds, 6),
            characters=self.position.characters,
        )

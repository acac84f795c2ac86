"""The trainer: an iterator of typed events that takes changes between its steps."""

import math
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

import msgspec
import numpy as np

import corpora
from corpora import Corpus
from engine import intervals
from engine.budget import Closing
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
from engine.layout import Layout
from engine.loss import bits_per_character, finite_perplexity
from engine.machine import Split
from engine.model import Architecture, Model, initialise
from engine.position import Position
from engine.rollback import Recovery
from engine.sampling import Choice, Writer
from engine.saving import Snapshot, opened, save_snapshot
from engine.schedule import learning_rate, part_of_time, progress
from engine.seeds import INITIAL, OFFSETS, SAMPLES, generator
from engine.stopwatch import Stopwatch
from engine.tasks import StepSettings, Weights
from engine.waiting import Asked, Waiting

E = TypeVar("E", bound=Event)


class Trainer:
    """Trains a model on a corpus (or a string), one event at a time.

    `processes` share the units. None: as many as the hyperparameters say, or one; 0: as they say,
    or a number that suits this machine; a Split also says how many BLAS threads. `folder`, which
    has to be there, is where checkpoints go; None keeps the last in memory. `started` is when the
    time budget began (time.monotonic). Close it, or use it in a `with` statement, to end its
    processes and to give BLAS its threads back. Raises CorpusError for a text too short to learn
    from, UsageError for a negative number of processes, and HyperparameterError.
    """

    def __init__(
        self,
        corpus: Corpus | str,
        hyperparameters: Hyperparameters | None = None,
        *,
        processes: int | Split | None = None,
        folder: Path | str | None = None,
        started: float | None = None,
        dtype: type[np.floating[Any]] = np.float32,
    ) -> None:
        settings = (hyperparameters or Hyperparameters()).checked()
        if isinstance(corpus, str):
            corpus = corpora.from_text(
                corpus, lower_case=settings.lower_case, min_count=settings.min_count
            )
        self.corpus = corpus
        self.hyperparameters = settings
        self.folder = None if folder is None else Path(folder)
        self.position = Position()
        self.stopwatch = Stopwatch(started=started)
        self.finished = False
        self.done = 0.0  # the part of the run that the schedule saw behind it at the last step
        self.pace: Callable[[], float | None] = lambda: None  # `done`, in place of the clock's
        self._due: deque[Callable[[], AnyEvent | None]] = deque()
        self._waiting = Waiting()
        self._recovery = Recovery()
        architecture = Architecture.of(settings, len(corpus.vocabulary))
        self.weights = Weights(architecture, np.dtype(dtype))
        self.layout = Layout(corpus, self.weights, settings, processes)
        rng = generator(settings.random_seed, INITIAL)
        initialise(self.weights.parameters, architecture, settings.initialisation, rng)
        self._closing = Closing(self.layout.validation_characters)
        self._writer = Writer(self.model)
        self._begin_epoch()
        self._snapshot = Snapshot.of(self)
        first = () if folder is None else (self.save,)
        self._due.extend((self._shrunk, *first, self.sample))

    @classmethod
    def resume(
        cls,
        path: Path | str,
        corpus: Corpus | str,
        *,
        processes: int | Split | None = None,
        folder: Path | str | None = None,
        hyperparameters: Hyperparameters | None = None,
    ) -> Self:
        """Go on from a checkpoint, bit for bit as if nothing had happened.

        `hyperparameters` take the place of the checkpoint's. Raises CheckpointError, also
        when the corpus or the architecture is not the one that it was trained with.
        """
        with opened(path) as checkpoint, ExitStack() as begun:
            settings = hyperparameters or checkpoint.hyperparameters
            dtype = checkpoint.dtype
            trainer = cls(corpus, settings, processes=processes, folder=folder, dtype=dtype)
            begun.callback(trainer.close)  # unless all goes well
            checkpoint.check_fits(trainer.model)
            trainer._snapshot = Snapshot.from_checkpoint(checkpoint)
            trainer.restore()
            begun.pop_all()
        trainer._due.clear()
        trainer.stopwatch = Stopwatch(trainer.position.seconds)
        return trainer

    @classmethod
    def fork(
        cls,
        path: Path | str,
        corpus: Corpus | str,
        hyperparameters: Hyperparameters,
        *,
        processes: int | Split | None = None,
        folder: Path | str | None = None,
    ) -> Self:
        """Begin a new run with the parameters of a checkpoint, on the same vocabulary.

        Raises CheckpointError.
        """
        with opened(path) as checkpoint, ExitStack() as begun:
            dtype = checkpoint.dtype
            trainer = cls(corpus, hyperparameters, processes=processes, folder=folder, dtype=dtype)
            begun.callback(trainer.close)  # unless all goes well
            checkpoint.check_fits(trainer.model)
            for name, array in checkpoint.model.parameters.items():
                trainer.weights.parameters[name][:] = array
            begun.pop_all()
        trainer._snapshot = Snapshot.of(trainer)
        return trainer

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> AnyEvent:
        """The next thing that happens.

        Raises StopIteration at the end, DivergedError, WorkerError, and CheckpointWriteError
        (after which it may be called again).
        """
        while True:
            if self._due:
                event = self._due.popleft()()
                if event is not None:
                    return event
            elif self.finished:
                raise StopIteration
            elif self._is_over():
                self.finished = True
                self.position.finished_at = self.step
                if self.position.validated_at != self.step:
                    self._due.append(self.validate)
                self._due.extend((self.check, partial(self.save, "last")))
            else:
                return self._train()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the worker processes, and give BLAS its threads back."""
        self.layout.close()

    @property
    def busy(self) -> bool:
        """Whether something is due before the next step: a change, a validation, a checkpoint."""
        return bool(self._due)

    @property
    def step(self) -> int:
        """Optimiser steps so far."""
        return self.position.step

    @property
    def epoch(self) -> float:
        """Passes over the training text so far."""
        return self.layout.epoch(self.position)

    @property
    def seconds(self) -> float:
        """Time spent, without pauses, in seconds."""
        return self.stopwatch.seconds

    @property
    def model(self) -> Model:
        """The model as it is now; its parameters change with every step."""
        weights = self.weights
        return Model(weights.architecture, self.corpus.vocabulary, weights.parameters)

    def idle(self) -> None:
        """Call while paused: the time from here to the next step does not count."""
        self.stopwatch.hold()

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
        asked = Asked(dict(live_changes(values)), by, command)
        if when == "epoch" and not self.finished:
            self._waiting.add(asked)
            return
        self._waiting.give_way(asked.changes)
        self._due.append(partial(self._change, asked))
        self.finished = False

    def withdraw(self, command: str) -> HyperparametersChanged | None:
        """Forget the change of that command if it still waits: the event says that it is none."""
        withdrawn = self._waiting.withdraw(command)
        return self._change(withdrawn) if withdrawn else None

    def sample(self, *, command: str = "") -> Sample:
        """What the model writes now; the same at the same step of the same run."""
        settings = self.hyperparameters
        rng = generator(settings.random_seed, SAMPLES, self.step)
        choice = Choice(settings.sample_temperature)
        written = self._writer.write("", settings.sample_length, choice, [rng])
        text = "".join(character for (character,) in written)
        return self.stamped(Sample(text=text, temperature=choice.temperature, command=command))

    def validate(self) -> Validation | None:
        """Measure the validation part; None when there is none."""
        if not self.layout.can_validate:
            return None
        begun, position = time.monotonic(), self.position
        measured = self.layout.validate()
        loss = measured if math.isfinite(measured) else None
        position.validated(loss)
        self._closing.validated(time.monotonic() - begun)
        return self.stamped(
            Validation(
                loss=loss,
                perplexity=finite_perplexity(loss),
                bits_per_character=None if loss is None else bits_per_character(loss),
                best=position.is_best,
                **self.layout.learning(position),
            )
        )

    def save(self, kind: str = "step", *, command: str = "") -> CheckpointSaved:
        """Write a checkpoint (or keep one in memory). Raises CheckpointWriteError."""
        position = self.position
        best = position.is_best or math.isinf(position.best_validation_loss)
        snapshot = Snapshot.of(self)
        path = ""
        if self.folder is not None:
            keep = self.hyperparameters.keep_checkpoints
            path = save_snapshot(snapshot, self.folder, best=best, keep=keep)
        self._snapshot = snapshot
        position.is_best = False
        self._recovery.saved(self.step, position.rolled_back_at)
        kind = "best" if best and kind == "step" else kind
        return self.stamped(CheckpointSaved(path=path, kind=kind, command=command))

    def check(self) -> Rollback | None:
        """Call before `save`, which is due by itself only behind it: goes back to the last
        checkpoint if the last step has ruined the model. Raises DivergedError.
        """
        rollback = self._recovery.check(self)
        if rollback is None:
            return None
        self.finished = False
        return self.stamped(rollback)

    def next_step(self) -> StepSettings:
        """The numbers of the step that would come now."""
        settings = self.hyperparameters
        self.done = self._progress()
        rate = learning_rate(settings, self.step, self.done)
        return self.layout.step_settings(settings, rate, self.position)

    def _train(self) -> AnyEvent:
        """One step, and what is due after it."""
        self.stopwatch.go_on()
        begun, position, settings = time.monotonic(), self.position, self.hyperparameters
        numbers = self.next_step()
        figures = self.layout.train(position, numbers)
        if not figures.updated:
            rollback = self._recovery.roll_back(self, figures.loss, figures.gradient_norm)
            return self.stamped(rollback)
        position.loss = figures.loss
        epoch_is_over = self.layout.advance(position)
        trained, took = self.layout.exchange.inputs.size, time.monotonic() - begun
        self._closing.trained(trained, took)
        event = self.stamped(
            Step(
                loss=figures.loss,
                perplexity=finite_perplexity(figures.loss),
                learning_rate=numbers.learning_rate,
                gradient_norm=figures.gradient_norm,
                characters_per_second=trained / took,
            )
        )
        if epoch_is_over:
            position.epoch_index += 1
            self._begin_epoch()
        due = intervals.due(settings, self.layout.batches, self.step, self.done)
        if due.validation and self.layout.can_validate:
            self._due.append(self.validate if due.checkpoint else self._validate_alone)
        if due.checkpoint:
            self._due.extend((self.check, self.save))
        if due.sample:
            self._due.append(self.sample)
        return event

    def _progress(self) -> float:
        settings, repeated = self.hyperparameters, self.pace()
        closing = self._closing.seconds(settings.max_seconds)
        part = part_of_time(settings, self.position, self.seconds, closing)
        done = progress(settings, self.step, self.epoch, part)
        return done if repeated is None else repeated

    def _is_over(self) -> bool:
        patience = self.hyperparameters.patience
        is_stale = 0 < patience <= self.position.worse_validations
        return is_stale or self._progress() >= 1

    def _begin_epoch(self) -> None:
        """A new random offset, and the changes that waited for it."""
        seed, epoch = self.hyperparameters.random_seed, self.position.epoch_index
        self.layout.begin_epoch(self.position, generator(seed, OFFSETS, epoch))
        self._due.extend(partial(self._change, asked) for asked in self._waiting.take())

    def _change(self, asked: Asked) -> HyperparametersChanged:
        changes, by, command = asked
        old = self.hyperparameters
        new = Hyperparameters.from_mapping(changes, old)
        changed = {
            name: [getattr(old, name), getattr(new, name)]
            for name in changes
            if getattr(old, name) != getattr(new, name)
        }
        if "max_seconds" in changed:
            self.position.lay(self._progress(), self.seconds)
        self.hyperparameters = new
        anew = {"batch_size", "sequence_length"} & changed.keys()
        if anew or bool(old.dropout) != bool(new.dropout):
            self.layout.rearrange(new, self.position)
            self._due.extend([self._shrunk] if anew else [])
        return self.stamped(HyperparametersChanged(changed=changed, by=by, command=command))

    def restore(self) -> None:
        """Back to the last checkpoint; the time since then is spent."""
        self.position = self._snapshot.put_back(self.layout)

    def _validate_alone(self) -> Validation | None:
        """Where no checkpoint is due; by the next one the best model would be gone."""
        validation = self.validate()
        if self.position.is_best:  # else `busy` would promise something, and a step would come
            self._due.appendleft(self._save_best)
        return validation

    def _save_best(self) -> AnyEvent | None:
        return (self.check() or self.save()) if self.position.is_best else None

    def _shrunk(self) -> Warned | None:
        message = self.layout.shrunk(self.hyperparameters)
        return self.stamped(Warned(message=message)) if message else None

    def stamped(self, event: E) -> E:
        """`event` as one that happens now, where the trainer stands."""
        return msgspec.structs.replace(
            event,
            time=time.time(),
            step=self.step,
            epoch=round(self.epoch, 6),
            seconds=round(self.seconds, 6),
            characters=self.position.characters,
        )

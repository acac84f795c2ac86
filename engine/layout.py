"""The text laid out for the present hyperparameters: batches, buffers that fit them, processes."""

from dataclasses import replace
from typing import Any

import numpy as np

from corpora import Corpus
from corpora.errors import CorpusError
from engine import intervals
from engine.batches import Batches
from engine.blas_threads import BlasThreads
from engine.errors import UsageError
from engine.exchange import Exchange
from engine.hyperparameters import Hyperparameters
from engine.machine import Split, choose_processes
from engine.position import Position
from engine.shards import Team
from engine.tasks import (
    TRAIN,
    VALIDATE,
    ShardTasks,
    StepFigures,
    StepSettings,
    Weights,
    Workspace,
    step_settings,
)

LONGEST_VALIDATION = 1_000_000  # characters measured while training; `evaluate` measures all


class Layout:
    """Cuts the training text, owns the workspace, and sends the team its tasks.

    `processes` is what a Trainer is given. Until the layout is closed BLAS has the threads of a
    Split, else of the hyperparameters, else its own. Raises CorpusError for a text too short to
    learn from, UsageError for a negative number of processes.
    """

    def __init__(
        self,
        corpus: Corpus,
        weights: Weights,
        settings: Hyperparameters,
        processes: int | Split | None,
    ) -> None:
        self._blas_threads = settings.blas_threads
        if isinstance(processes, Split):
            processes, self._blas_threads = processes
        if processes is None:
            processes = settings.processes or 1
        if processes < 0:
            raise UsageError(f"processes is {processes}, but it must be 0 (chosen) or more")
        count = processes or choose_processes(settings)
        self.weights = weights
        self.processes = min(count, weights.architecture.hidden_size)  # a unit each at least
        self._random_seed = settings.random_seed
        self._text, validation = corpus.split(settings.validation_fraction)
        self._validation = validation[: LONGEST_VALIDATION + 1]
        self._team: Team | None = None
        self._threads: BlasThreads | None = None
        self._measured = -1, StepFigures(0.0, 0.0, updated=False)  # the step, and its figures
        if len(self._text) < 2:
            raise CorpusError(
                f"the text of {corpus.name} is too short to learn from: {len(self._text)} "
                "character(s) are left for training; take a longer text"
            )
        self._make(settings)

    @property
    def can_validate(self) -> bool:
        """Whether there is anything to predict in the validation part."""
        return self.validation_characters > 0

    @property
    def validation_characters(self) -> int:
        """How many characters a validation predicts."""
        return max(0, len(self._validation) - 1)

    def shrunk(self, settings: Hyperparameters) -> str:
        """What a text too short for the batches of `settings` has made of them; else ""."""
        asked = (settings.batch_size, settings.sequence_length)
        got = (self.batches.batch_size, self.batches.sequence_length)
        if asked == got:
            return ""
        return (
            f"the text is short: it trains with batch size {got[0]} and sequence length {got[1]} "
            f"instead of {asked[0]} and {asked[1]}"
        )

    def epoch(self, position: Position) -> float:
        """Passes over the training text at `position`."""
        return position.epoch_index + position.character / self.batches.stream_length

    def rearrange(self, settings: Hyperparameters, position: Position) -> None:
        """Go on at the same place of the text with the batches that `settings` ask for.

        With another number of streams nothing is remembered.
        """
        done = position.character / self.batches.stream_length
        old = self.exchange
        self.close()
        self._make(settings)
        if self.exchange.state.shape == old.state.shape:
            self.exchange.state[:] = old.state
            self.exchange.cell_state[:] = old.cell_state
            self.place(position)
        else:
            self.place_in_other_streams(position, done)

    def begin_epoch(self, position: Position, rng: np.random.Generator) -> None:
        """The start of the text, at a new random offset, with nothing remembered."""
        position.character = 0
        position.offset = self.batches.random_offset(rng)
        self.place(position)
        self.forget()

    def place(self, position: Position) -> None:
        """Cut the streams for `position`, which is brought into bounds."""
        position.offset = min(position.offset, self.batches.most_offset)
        self.batches.cut(position.offset)
        last = self.batches.stream_length - self.batches.sequence_length
        position.character = max(0, min(position.character, last))

    def place_in_other_streams(self, position: Position, done: float) -> None:
        """`place` for a `position` that counts in others than these: behind the part `done` of
        the epoch.
        """
        self.place(position)
        position.character = int(done * self.batches.stream_length)
        self.place(position)

    def forget(self) -> None:
        """Clear the carried state."""
        self.exchange.forget()

    def step_settings(
        self, settings: Hyperparameters, learning_rate: float, position: Position
    ) -> StepSettings:
        """The numbers of the next step, which is measured if a validation follows it."""
        step = position.step + 1
        follows = step % intervals.validate_every(settings, self.batches) == 0
        numbers = step_settings(settings, learning_rate, position.step)
        measured = self.can_validate and (follows or step == settings.steps)
        return replace(numbers, measured=measured)

    def learning(self, position: Position) -> dict[str, Any]:
        """The fields of a validation event that the last step was measured for."""
        step, figures = self._measured
        if step != position.step:
            return {}
        return {"update_ratio": figures.update_ratio, "saturation": figures.saturation}

    def train(self, position: Position, settings: StepSettings) -> StepFigures:
        """One step on the batch at `position`; raises WorkerError when a process died."""
        exchange = self.exchange
        exchange.inputs[:], exchange.targets[:] = self.batches.block(position.character)
        exchange.recent[:] = self.batches.before(position.character, len(exchange.recent))
        self.workspace.settings[:] = settings.as_row()
        self._running_team().run(TRAIN)
        figures = self.workspace.step_figures()
        if settings.measured and figures.updated:
            figures = self.workspace.measured_figures()
            self._measured = position.step + 1, figures
        return figures

    def look(self, position: Position, settings: StepSettings) -> StepFigures:
        """What the step would report, without making it; raises WorkerError."""
        exchange = self.exchange
        carried = exchange.state.copy(), exchange.cell_state.copy()
        figures = self.train(position, replace(settings, is_look=True, measured=False))
        exchange.state[:], exchange.cell_state[:] = carried
        return figures

    def advance(self, position: Position) -> bool:
        """Count the step just made; True when the epoch is over."""
        T = self.batches.sequence_length
        position.step += 1
        position.character += T
        position.characters += self.exchange.inputs.size
        return position.character + T > self.batches.stream_length

    def validate(self) -> float:
        """The loss over the validation part; raises WorkerError when a process died."""
        self._running_team().run(VALIDATE)
        return self.workspace.validation_loss()

    def close(self) -> None:
        """End the processes, which start again when they are needed; give BLAS its threads back."""
        if self._team is not None:
            self._team.close()
            self._team = None
        if self._threads is not None:
            self._threads.give_back()
            self._threads = None

    def _running_team(self) -> Team:
        if self._team is None:
            workspace = self.workspace
            self._team = Team(self.processes, lambda shard: ShardTasks(workspace, shard))
        return self._team

    def _make(self, settings: Hyperparameters) -> None:
        self.batches = Batches(self._text, settings.batch_size, settings.sequence_length)
        self.exchange = Exchange(
            self.weights.architecture,
            self.batches.sequence_length,
            self.batches.batch_size,
            dtype=self.weights.dtype,
            dropout=settings.dropout > 0,
            shards=self.processes,
        )
        self.workspace = Workspace(
            self.weights, self.exchange, self._validation, self._random_seed, self.processes
        )
        if self._blas_threads:
            self._threads = BlasThreads(self._blas_threads)

"""One training step and one validation, as tasks that every shard performs on its own units."""

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.arrays import Floats, Ids
from engine.evaluation import Evaluation
from engine.exchange import Exchange
from engine.hyperparameters import Hyperparameters
from engine.learning import Update, saturated
from engine.memory import shared_zeros
from engine.model import Architecture, zeros_like_parameters
from engine.network import Network
from engine.optimiser import Adam, AdamSettings, clip_scale
from engine.seeds import MASKS, seeds
from engine.shards import Shard

TRAIN, VALIDATE = 0, 1
EXPLODED = 10.0  # times the loss of guessing blindly
RUINED = 2.0  # the same, of a model that had been better than blind guesses


class Weights:
    """Parameters, gradients and Adam's moments, shared by all shards."""

    def __init__(self, architecture: Architecture, dtype: np.dtype[np.floating[Any]]) -> None:
        self.architecture = architecture
        self.dtype = dtype
        self.parameters = zeros_like_parameters(architecture, dtype)
        self.gradients = zeros_like_parameters(architecture, dtype)
        self.first_moments = zeros_like_parameters(architecture, dtype)
        self.second_moments = zeros_like_parameters(architecture, dtype)


@dataclass
class StepSettings:
    """The numbers of one step, written by shard 0 and read by all through shared memory."""

    learning_rate: float = 0.0
    weight_decay: float = 0.0
    beta1: float = 0.0
    beta2: float = 0.0
    nesterov: bool = False
    gradient_clip: float = 0.0
    dropout: float = 0.0
    temperature: float = 1.0  # of the training loss
    step: int = 0  # how many were made before: it seeds the masks, and Adam's own is the next one
    measured: bool = False  # whether the figures of `engine.learning` are wanted
    is_look: bool = False  # nothing moves

    def as_row(self) -> list[float]:
        """In the order of the fields."""
        return list(self.__dict__.values())

    @classmethod
    def from_row(cls, row: Floats) -> "StepSettings":
        """The inverse of `as_row`."""
        values = dict(zip(cls.__dataclass_fields__, row.tolist(), strict=True))
        values |= {name: bool(values[name]) for name in ("nesterov", "measured", "is_look")}
        return cls(**values | {"step": int(values["step"])})


@dataclass(frozen=True)
class StepFigures:
    """What a step reports: the mean loss in nats per character, the norm before clipping."""

    loss: float
    gradient_norm: float
    updated: bool  # False: something was not finite, or exploded, and no parameter moved
    update_ratio: float | None = None  # of a step that was measured
    saturation: float | None = None


class Workspace:
    """What the shards need beside the weights: batch buffers, the step's numbers, the text."""

    def __init__(
        self,
        weights: Weights,
        exchange: Exchange,
        validation_ids: Ids,
        random_seed: int,
        shards: int,
    ) -> None:
        self.weights = weights
        self.exchange = exchange
        self.validation_ids = validation_ids
        self.random_seed = random_seed
        self.settings: Floats = shared_zeros((len(StepSettings().as_row()),), np.float64)
        # What each shard adds to the sums over all: of the losses, of the gradients' squares, ...
        self.losses: Floats = shared_zeros((shards,), np.float64)
        self.squares: Floats = shared_zeros((shards,), np.float64)
        # ... and pairs that become means: `Evaluation.total`, `Update.squares` and `saturated`.
        self.validated: Floats = shared_zeros((shards, 2), np.float64)
        self.moved: Floats = shared_zeros((shards, 2), np.float64)
        self.saturated: Floats = shared_zeros((shards, 2), np.float64)

    def step_figures(self) -> StepFigures:
        """Of the step that has just been performed; every shard computes the same ones."""
        positions = self.exchange.inputs.size
        loss = float(self.losses.sum()) / positions
        norm = math.sqrt(float(self.squares.sum()))
        return StepFigures(loss, norm, math.isfinite(norm) and self.is_sound(loss))

    def measured_figures(self) -> StepFigures:
        """Of a step that was measured and has updated the parameters."""
        moved, whole = self.moved.sum(axis=0).tolist()
        beyond, count = self.saturated.sum(axis=0).tolist()
        ratio = math.sqrt(moved / whole) if whole else math.nan
        return replace(
            self.step_figures(),
            update_ratio=ratio if math.isfinite(ratio) else None,
            saturation=beyond / count,
        )

    def is_sound(self, loss: float, best: float = math.inf) -> bool:
        """Whether a loss is finite and has not exploded, in a run that has come down to `best`.

        A model of before that knew something, and now does worse than knowing nothing, is lost
        long before its loss is as high as one that a first step may have.
        """
        blind = math.log(max(3, self.weights.architecture.vocabulary_size))
        most = RUINED if best < blind else EXPLODED
        return math.isfinite(loss) and loss < most * blind

    def validation_loss(self) -> float:
        """Of the validation that has just been performed."""
        return float(self.validated[:, 0].sum() / self.validated[:, 1].sum())


class ShardTasks:
    """The tasks of one shard."""

    def __init__(self, workspace: Workspace, shard: Shard) -> None:
        weights, exchange = workspace.weights, workspace.exchange
        self._workspace = workspace
        self._shard = shard
        self._network = Network(weights.parameters, exchange, shard)
        self._adam = Adam(
            weights.parameters,
            weights.gradients,
            weights.first_moments,
            weights.second_moments,
            hidden_size=weights.architecture.hidden_size,
            shard=shard,
        )
        self._evaluation: Evaluation | None = None

    def __call__(self, task: int) -> None:
        """Perform TRAIN or VALIDATE together with the other shards."""
        # Non-finite numbers are looked for, and reported, where they matter.
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            if task == TRAIN:
                self._train()
            else:
                self._validate()

    def _train(self) -> None:
        workspace, network, shard = self._workspace, self._network, self._shard
        settings = StepSettings.from_row(workspace.settings)
        network.refresh(settings.temperature)
        network.forward(self._masks(settings))
        if settings.measured:
            workspace.saturated[shard.rank] = saturated(network)
        workspace.losses[shard.rank] = network.loss()
        network.backward(workspace.weights.gradients)
        workspace.squares[shard.rank] = self._adam.squared_norm()
        shard.wait()
        figures = workspace.step_figures()
        if figures.updated and not settings.is_look:
            update = self._measured() if settings.measured else None
            self._adam.update(
                AdamSettings(
                    settings.learning_rate,
                    settings.weight_decay,
                    settings.beta1,
                    settings.beta2,
                    settings.step + 1,
                    settings.nesterov,
                ),
                clip_scale(figures.gradient_norm, settings.gradient_clip),
                used=network.ngrams.used,
            )
            if update is not None:
                workspace.moved[shard.rank] = update.squares()

    def _measured(self) -> Update:
        weights = self._workspace.weights
        hidden_size, used = weights.architecture.hidden_size, self._network.ngrams.used
        return Update(weights.parameters, used, hidden_size, self._shard)

    def _validate(self) -> None:
        workspace = self._workspace
        if self._evaluation is None:
            weights = workspace.weights
            self._evaluation = Evaluation(
                weights.architecture,
                weights.parameters,
                workspace.validation_ids,
                self._shard,
                weights.dtype,
            )
        workspace.validated[self._shard.rank] = self._evaluation.total()

    def _masks(self, settings: StepSettings) -> list[Floats] | None:
        if not settings.dropout:
            return None
        workspace = self._workspace
        return dropout_masks(
            settings.dropout,
            (workspace.weights.architecture.layers, *workspace.exchange.sizes),
            seeds(workspace.random_seed, MASKS, settings.step),
            workspace.weights.dtype,
        )


def dropout_masks(
    dropout: float,
    shape: tuple[int, int, int, int],
    entropy: tuple[int, ...],
    dtype: np.dtype[np.floating[Any]],
) -> list[Floats]:
    """One mask (T, B, H) for each layer's outputs: 0, or 1/(1 - dropout) (Srivastava et al. 2014).

    Every shard draws the same masks, whatever their number.
    """
    layers, T, B, H = shape
    count = T * B * H
    bits = np.random.PCG64(entropy)
    keep = 1 - round(dropout * 65536) / 65536
    masks = []
    for _ in range(layers):
        drawn = bits.random_raw(-(-count // 4)).view(np.uint16)[:count]
        mask = (drawn >= round(dropout * 65536)).astype(dtype)
        mask *= dtype.type(1 / keep)
        masks.append(mask.reshape(T, B, H))
    return masks


def step_settings(
    hyperparameters: Hyperparameters, learning_rate: float, step: int
) -> StepSettings:
    """The numbers of the update after `step` steps."""
    return StepSettings(
        learning_rate=learning_rate,
        weight_decay=hyperparameters.weight_decay,
        beta1=hyperparameters.beta1,
        beta2=hyperparameters.beta2,
        nesterov=hyperparameters.nesterov,
        gradient_clip=hyperparameters.gradient_clip,
        dropout=hyperparameters.dropout,
        temperature=hyperparameters.loss_temperature,
        step=step,
    )

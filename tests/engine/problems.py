"""Small networks with known inputs, for tests that look at every number."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.arrays import Floats, Parameters
from engine.exchange import Exchange
from engine.model import Architecture, initialise, zeros_like_parameters
from engine.network import Network
from engine.shards import Shard, Team

FORWARD, BACKWARD = 0, 1


@dataclass
class Problem:
    """A batch, a network of `processes` shards, and one gradient of its mean loss."""

    cell: str
    layers: int = 1
    embedding_size: int = 0
    dropout: bool = False
    processes: int = 1
    hidden_size: int = 6
    characters: int = 5
    T: int = 4
    B: int = 3
    ngram_order: int = 1
    input_norm: bool = False
    temperature: float = 1.0
    dtype: type[np.floating[Any]] = np.float64
    parameters: Parameters = field(init=False)
    gradients: Parameters = field(init=False)

    def __post_init__(self) -> None:
        rng = np.random.default_rng(7)
        self.architecture = Architecture(
            cell=self.cell,
            layers=self.layers,
            hidden_size=self.hidden_size,
            embedding_size=self.embedding_size,
            vocabulary_size=self.characters,
            ngram_order=self.ngram_order,
            ngram_size=3,
            input_norm=self.input_norm,
        )
        self.parameters = zeros_like_parameters(self.architecture, self.dtype)
        initialise(self.parameters, self.architecture, "orthogonal", rng)
        for array in self.parameters.values():
            array += rng.normal(0, 0.1, array.shape)
        self.gradients = zeros_like_parameters(self.architecture, self.dtype)
        for array in self.gradients.values():
            array[:] = np.nan  # whatever an earlier pass left must not matter
        self.exchange = Exchange(
            self.architecture,
            self.T,
            self.B,
            dtype=self.dtype,
            dropout=self.dropout,
            shards=self.processes,
        )
        # The last character never occurs: its gradient must be exactly zero.
        self.exchange.inputs[:] = rng.integers(0, self.characters - 1, (self.T, self.B))
        self.exchange.targets[:] = rng.integers(0, self.characters, (self.T, self.B))
        shape = (self.layers, self.B, self.hidden_size)
        self.state = rng.normal(0, 0.5, shape).astype(self.dtype)
        self.cell_state = rng.normal(0, 0.5, shape).astype(self.dtype)
        mask_shape = (self.layers, self.T, self.B, self.hidden_size)
        masks = ((rng.random(mask_shape) < 0.7) / 0.7).astype(self.dtype)
        self.masks = list(masks) if self.dropout else None
        before = (self.ngram_order - 1, self.B)
        self.recent = rng.integers(-1, self.characters - 1, before)
        self.sums = Exchange(self.architecture, 1, self.processes, dtype=np.float64).state[0, :, 0]
        self.team = Team(self.processes, self._work)

    def _work(self, shard: Shard) -> Callable[[int], None]:
        network = Network(self.parameters, self.exchange, shard)

        def perform(task: int) -> None:
            network.refresh(self.temperature)
            network.forward(self.masks)
            self.sums[shard.rank] = network.loss()
            if task == BACKWARD:
                network.backward(self.gradients)

        return perform

    def loss(self, task: int = FORWARD) -> float:
        """The mean loss from the same starting state; with BACKWARD also the gradients."""
        self.exchange.state[:] = self.state
        self.exchange.cell_state[:] = self.cell_state
        self.exchange.recent[:] = self.recent
        self.team.run(task)
        return float(self.sums.sum()) / (self.T * self.B)

    def numeric_gradient(self, array: Floats, width: float = 1e-5) -> Floats:
        """Central differences of the loss."""
        gradient = np.zeros_like(array)
        for index in np.ndindex(array.shape):
            value = array[index]
            array[index] = value + width
            above = self.loss()
            array[index] = value - width
            below = self.loss()
            array[index] = value
            gradient[index] = (above - below) / (2 * width)
        return gradient

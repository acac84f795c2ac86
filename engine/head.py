"""The way out: logits over the vocabulary, their loss, and its gradient.

Letters as in `engine.layer`; V characters. Each shard scores its own part of the
N positions and owns its own part of the V rows of the weights.
"""

import numpy as np

from engine.arrays import Floats, Ids, Parameters
from engine.exchange import Exchange
from engine.loss import cross_entropy, cross_entropy_backward
from engine.memory import aligned_empty, padded_width
from engine.shards import Shard
from engine.tiles import Tiles


class Head:
    """head.weight (V, H) and head.bias (V), softmax and cross entropy.

    A temperature below 1 during training has the softmax of logits that are larger than the
    model's own fit the text. Without it, later, the model is less sure: what temperature scaling
    (Guo et al. 2017, section 4.2) does to a model that is ready, with a temperature known before.
    """

    def __init__(self, parameters: Parameters, exchange: Exchange, shard: Shard, tiles: Tiles):
        T, B, H = exchange.sizes
        self.exchange = exchange
        self.tiles = tiles
        self.weight, self.bias = parameters["head.weight"], parameters["head.bias"]
        V = len(self.bias)
        self.all_at_once = tiles.take_all_at_once(V)
        self.positions = shard.own(T * B)
        self.rows = shard.own(V)
        self.units = shard.own(H)
        padded = aligned_empty((H + 1, padded_width(V)), exchange.dtype)
        self.W = padded[:, :V]  # the last row is the bias
        self.temperature = 1.0
        outputs = exchange.y[-1]
        self.outputs = outputs[1:].reshape(T * B, outputs.shape[2])[:, : H + 1]
        if exchange.training:
            self.logits = exchange.dlogits[self.positions]
            self.dy = aligned_empty((T, *tiles), exchange.dtype)
        else:
            self.logits = aligned_empty(
                (self.positions.stop - self.positions.start, V), exchange.dtype
            )

    def refresh(self, temperature: float = 1.0) -> None:
        """Take over the parameters as they are now; logits will be divided by `temperature`."""
        self.temperature = temperature
        np.divide(self.weight.T, temperature, out=self.W[:-1])
        np.divide(self.bias, temperature, out=self.W[-1])

    def forward(self) -> Floats:
        """The logits (own positions, V) of the outputs (N, H)."""
        return np.matmul(self.outputs[self.positions], self.W, out=self.logits)

    def loss(self, targets: Ids) -> float:
        """The sum of -log p over own positions; targets (N,). Logits become their gradient."""
        own_targets = targets[self.positions]
        total = cross_entropy(self.logits, own_targets)
        if self.exchange.training:
            # Behind the temperature, so that all before it reads the weights as they are.
            cross_entropy_backward(self.logits, own_targets, len(targets) * self.temperature)
        return total

    def backward(self, gradients: Parameters) -> Floats:
        """The gradients of own rows; returns dy (T, B, U) of own units. All shards have arrived."""
        dlogits = self.exchange.dlogits
        gradient = np.matmul(dlogits[:, self.rows].T, self.outputs)  # (V, H+1)
        gradients["head.weight"][self.rows] = gradient[:, :-1]
        gradients["head.bias"][self.rows] = gradient[:, -1]
        weight = self.weight[:, self.units]
        if self.all_at_once:
            np.matmul(dlogits, weight, out=self.dy.reshape(len(dlogits), -1))
            return self.dy
        T, B, _ = self.exchange.sizes
        left = self.tiles.left(dlogits.reshape(T, B, -1))
        return np.matmul(left, self.tiles.right(weight), out=self.dy)

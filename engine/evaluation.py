"""The loss of a model over a text: equal streams side by side, each with context before it.

Letters as in `engine.layer`; the text is cut into streams of L scored characters.
"""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from engine.arrays import Ids, Parameters
from engine.errors import UsageError
from engine.exchange import Exchange
from engine.loss import cross_entropy
from engine.machine import cores
from engine.memory import shared_zeros
from engine.model import Architecture, Model
from engine.network import Network
from engine.shards import Shard, once, sharding_is_safe

CONTEXT = 128  # characters at most that warm up a stream's state, unscored
SHORTEST_STREAM = 1024  # scored characters: keeps the context to an eighth of the work
MOST_STREAMS = 64
BLOCK = 64  # time steps at most at once


def evaluate(model: Model, ids: Ids, *, processes: int = 1) -> float:
    """Mean cross entropy in nats per character of predicting ids[1:] from what stands before.

    A text's ids are `model.vocabulary.encode(text)`. `processes` share the streams; each has BLAS
    to itself on one core. 0 is one for each core, as far as this machine can. Raises UsageError
    when there are fewer than two characters or an id is none of the vocabulary's, WorkerError
    when a process died.
    """
    if processes < 0:
        raise UsageError(f"processes is {processes}, but it must be 0 (one a core) or more")
    if processes == 0:
        processes = cores() if sharding_is_safe() else 1
    if len(ids) < 2:
        raise UsageError("the text to evaluate has fewer than two characters; nothing to predict")
    least, most = int(ids.min()), int(ids.max())
    if least < 0 or most >= len(model.vocabulary):  # NumPy would count a negative one from the end
        wrong = least if least < 0 else most
        raise UsageError(
            f"id {wrong} is none of this vocabulary's {len(model.vocabulary)}; "
            "take model.vocabulary.encode(text)"
        )
    dtype = next(iter(model.parameters.values())).dtype
    sums = shared_zeros((processes, 2), np.float64)

    def work(shard: Shard) -> None:
        evaluation = Evaluation(model.architecture, model.parameters, ids, shard, dtype)
        sums[shard.rank] = evaluation.total()

    with threadpool_limits(1, user_api="blas"):
        once(processes, work)
    total, count = sums.sum(axis=0)
    return float(total / count)


class Evaluation:
    """One shard's part of the streams, with a network of its own: no waiting for others."""

    def __init__(
        self,
        architecture: Architecture,
        parameters: Parameters,
        ids: Ids,
        shard: Shard,
        dtype: np.dtype[np.floating[Any]],
    ) -> None:
        self._ids = ids
        targets = len(ids) - 1
        streams = max(1, min(MOST_STREAMS, targets // SHORTEST_STREAM))
        self._length = math.ceil(targets / streams)  # L
        # Blocks of equal length end where the streams do: no step is taken for nothing.
        self._block = math.ceil(self._length / math.ceil(self._length / BLOCK))  # T
        own = shard.own(streams)
        self._starts = np.arange(own.start, own.stop) * self._length  # (B,)
        if len(self._starts):
            exchange = Exchange(
                architecture, self._block, len(self._starts), dtype=dtype, training=False
            )
            self._network = Network(parameters, exchange)

    def total(self) -> tuple[float, int]:
        """The sum of -log p over own scored characters, and their number."""
        if not len(self._starts):
            return 0.0, 0
        network, exchange = self._network, self._network.exchange
        network.refresh()
        exchange.forget()
        total, count = 0.0, 0
        for position, index, scored in self._blocks():
            if position == 0 and self._starts[0] == 0:
                exchange.forget(0)  # nothing stands before the first stream
            exchange.inputs[:] = self._ids[index]
            logits = network.forward()
            if scored.any():
                kept = scored.reshape(-1)
                targets = self._ids[index + 1].reshape(-1)[kept].astype(np.int64)
                total += cross_entropy(logits[kept], targets)
                count += len(targets)
        return total, count

    def _blocks(self) -> Iterator[tuple[int, Ids, NDArray[np.bool_]]]:
        """(position, indices (T, B) into the text, which of them are scored (T, B))."""
        last = len(self._ids) - 2
        alone = len(self._starts) == 1 and self._starts[0] == 0
        begin = 0 if alone else -(CONTEXT // self._block) * self._block
        for position in range(begin, self._length, self._block):
            within = np.arange(position, position + self._block)[:, None]  # (T, 1)
            index = within + self._starts
            scored = (within >= 0) & (within < self._length) & (index <= last)
            yield position, np.clip(index, 0, last), scored

"""Two figures that tell how a model learns, measured during one step and without touching it.

A step that is measured costs a few passes over the parameters and the gates more than another,
which is why only the steps before validations are.
"""

import math

import numpy as np

from engine.arrays import Floats, Ids, Parameters
from engine.network import Network
from engine.optimiser import own_rows
from engine.shards import Shard

LOW, HIGH = 0.05, 0.95  # beyond, a sigmoid gate has less than a fifth of its greatest slope


def saturated(network: Network) -> tuple[int, int]:
    """How many of the own units' sigmoid gates lie beyond LOW and HIGH, and how many there are.

    Between `forward` and `backward`, which works in the gates' own memory.
    """
    beyond = count = 0
    for layer in network.layers:
        # A time step's gates (gates, B, U) stay in the cache for both looks.
        for gates in layer.cell.x[:, : layer.cell.sigmoid_gates]:
            found = np.less(gates, LOW)
            beyond += int(np.count_nonzero(found))
            beyond += int(np.count_nonzero(np.greater(gates, HIGH, out=found)))
            count += gates.size
    return beyond, count


class Update:
    """Remembers one shard's own parameters, to see afterwards how far a step has moved them.

    Of the tables of n-grams only the rows that the step uses are remembered: others stay.
    """

    def __init__(
        self, parameters: Parameters, used: dict[str, Ids], hidden_size: int, shard: Shard
    ) -> None:
        self._before: list[tuple[Floats, slice | Ids, Floats]] = []
        self._squares = 0.0
        for name, parameter in parameters.items():
            for rows in own_rows(name, len(parameter), hidden_size, shard):
                self._squares += _squared_norm(parameter[rows])
                moving: slice | Ids = rows
                if name in used:
                    first, last = np.searchsorted(used[name], (rows.start, rows.stop))
                    moving = used[name][first:last]
                self._before.append((parameter, moving, parameter[moving].copy()))

    def squares(self) -> tuple[float, float]:
        """After the step: the sum of the squares of the changes, and that of what was changed."""
        moved = []
        for parameter, rows, change in self._before:
            change -= parameter[rows]
            moved.append(_squared_norm(change))
        return math.fsum(moved), self._squares


def _squared_norm(array: Floats) -> float:
    flat = array.reshape(-1)
    return float(np.dot(flat, flat))

"""Two figures that tell how a model learns, measured during one step and without touching it.

A step that is measured costs a few passes over the parameters and the gates more than another,
which is why only the steps before validations are.
"""

import math

import numpy as np

from engine.arrays import Floats, Ids, Parameters
from engine.network import Network
from engine.optimiser import own_numbers, squared_norm
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
            moving = own_numbers(name, parameter, hidden_size, shard)
            self._squares += squared_norm(moving)
            rows: slice | Ids = slice(None)
            if name in used:
                own = shard.own(len(parameter))
                first, last = np.searchsorted(used[name], (own.start, own.stop))
                moving, rows = parameter, used[name][first:last]
            self._before.append((moving, rows, moving[rows].copy()))

    def squares(self) -> tuple[float, float]:
        """After the step: the sum of the squares of the changes, and that of what was changed."""
        moved = []
        for parameter, rows, change in self._before:
            change -= parameter[rows]
            moved.append(squared_norm(change))
        return math.fsum(moved), self._squares

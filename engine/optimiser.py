"""Adam with decoupled weight decay, and the norm by which gradients are clipped."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from engine.arrays import Floats, Ids, Parameters
from engine.memory import aligned_empty
from engine.shards import Shard

EPSILON = 1e-8
CHUNK = 32_768  # elements: all arrays of a chunk stay in the second-level cache


@dataclass(frozen=True)
class AdamSettings:
    """One update's numbers; `step` counts from 1."""

    learning_rate: float
    weight_decay: float
    beta1: float
    beta2: float
    step: int
    nesterov: bool = False


class Adam:
    """Adam (Kingma and Ba 2014, algorithm 1) over one shard's own rows.

    Weight decay is decoupled (Loshchilov and Hutter 2019, algorithm 2) and leaves biases alone.
    Equal to torch.optim.AdamW; for the tables of n-grams to torch.optim.SparseAdam (with weight
    decay), which leaves rows alone that the batch did not use. With `nesterov` the mean of the
    gradients is the one of the step to come (Dozat 2016, algorithm 2), as in torch.optim.NAdam,
    but for its schedule of beta1.
    """

    def __init__(
        self,
        parameters: Parameters,
        gradients: Parameters,
        first_moments: Parameters,
        second_moments: Parameters,
        *,
        hidden_size: int,
        shard: Shard | None = None,
    ) -> None:
        shard = shard if shard is not None else Shard()
        self._blocks: list[tuple[Floats, Floats, Floats, Floats, bool]] = []
        self._tables: list[tuple[str, slice, tuple[Floats, Floats, Floats, Floats]]] = []
        for name, parameter in parameters.items():
            group = (parameter, gradients[name], first_moments[name], second_moments[name])
            if name.startswith("ngrams."):
                self._tables.append((name, shard.own(len(parameter)), group))
            else:
                p, g, m, v = (own_numbers(name, array, hidden_size, shard) for array in group)
                self._blocks.append((p, g, m, v, "weight" in name))
        self._scratch = aligned_empty((CHUNK,), self._blocks[0][0].dtype)

    def squared_norm(self) -> float:
        """The sum of the squares of own gradients."""
        own = [g for _, g, _, _, _ in self._blocks]
        own += [g[rows].reshape(1, -1) for _, rows, (_, g, _, _) in self._tables]
        return math.fsum(squared_norm(g) for g in own)

    def update(
        self,
        settings: AdamSettings,
        scale: float,
        *,
        used: Mapping[str, Ids],
    ) -> None:
        """One step, with the gradients (which are overwritten) times `scale`.

        used: by the name of a table of n-grams, the rows (ascending) that the batch used.
        """
        factors = _Factors.of(settings, scale, self._scratch.dtype)
        for name, own, group in self._tables:
            first, last = np.searchsorted(used[name], (own.start, own.stop))
            rows = used[name][first:last]
            p, g, m, v = (array[rows] for array in group)
            _update(p, g, m, v, np.empty_like(p), factors, decays=True)
            for array, new in zip(group, (p, g, m, v), strict=True):
                array[rows] = new
        for p, g, m, v, decays in self._blocks:
            blocks, numbers = p.shape
            columns = CHUNK // blocks
            for start in range(0, numbers, columns):
                part = np.s_[:, start : start + columns]
                change = self._scratch[: p[part].size].reshape(blocks, -1)
                _update(p[part], g[part], m[part], v[part], change, factors, decays=decays)


class _Factors(NamedTuple):
    """What one update multiplies by, and adds, as arrays of no dimension.

    A Python float would be made one at every use, which takes as long as a thousand elements.
    """

    decay: Floats
    beta1: Floats
    beta2: Floats
    of_gradient: Floats  # its share in the mean, and what brings it down to the norm
    of_square: Floats
    epsilon: Floats
    ahead: Floats | None  # of the gradient beside the mean, with `nesterov`
    rate: Floats

    @classmethod
    def of(cls, settings: AdamSettings, scale: float, dtype: DTypeLike) -> "_Factors":
        """Of one update, whose gradients are to be multiplied by `scale`."""
        beta1, beta2, step = settings.beta1, settings.beta2, settings.step
        # The bias corrections of both moments, taken out of the arrays (section 2 of the paper).
        correction, of_mean = math.sqrt(1 - beta2**step), 1 - beta1**step
        ahead = None
        if settings.nesterov and beta1:
            of_next = (1 - beta1 ** (step + 1)) / beta1
            ahead, of_mean = np.array(of_next / of_mean, dtype), of_next
        return cls(
            decay=np.array(1 - settings.learning_rate * settings.weight_decay, dtype),
            beta1=np.array(beta1, dtype),
            beta2=np.array(beta2, dtype),
            of_gradient=np.array((1 - beta1) * scale, dtype),
            of_square=np.array((1 - beta2) * scale**2, dtype),
            epsilon=np.array(EPSILON * correction, dtype),
            ahead=ahead,
            rate=np.array(settings.learning_rate * correction / of_mean, dtype),
        )


def _update(
    p: Floats,
    g: Floats,
    m: Floats,
    v: Floats,
    change: Floats,
    factors: _Factors,
    *,
    decays: bool,
) -> None:
    """All in place; `change` is scratch of the same shape."""
    if decays and factors.decay != 1:
        p *= factors.decay
    np.multiply(g, g, out=change)
    change *= factors.of_square
    v *= factors.beta2
    v += change
    g *= factors.of_gradient
    m *= factors.beta1
    m += g
    np.sqrt(v, out=change)
    change += factors.epsilon
    if factors.ahead is None:
        np.divide(m, change, out=change)
    else:
        g *= factors.ahead
        g += m
        np.divide(g, change, out=change)
    change *= factors.rate
    p -= change


def own_numbers(name: str, parameter: Floats, hidden_size: int, shard: Shard) -> Floats:
    """What `shard` owns of a parameter: a view (gates, numbers) of its units in each gate."""
    rows = hidden_size if name.startswith("rnn.") else len(parameter)
    gates = len(parameter) // rows
    return parameter.reshape(gates, rows, -1)[:, shard.own(rows)].reshape(gates, -1)


def squared_norm(array: Floats) -> float:
    """The sum of the squares, of an array whose rows may lie apart."""
    return float(np.vecdot(array, array).sum())


def clip_scale(norm: float, limit: float) -> float:
    """The factor that brings a norm down to `limit` (Pascanu et al. 2013); 0 never clips."""
    return limit / norm if limit and norm > limit else 1.0

"""Adam with decoupled weight decay, and the norm by which gradients are clipped."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.arrays import Floats, Ids, Parameters
from engine.memory import aligned_empty
from engine.shards import Shard

EPSILON = 1e-8
CHUNK = 8192  # elements: all arrays of a chunk stay in the first- and second-level cache


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
                continue
            for rows in own_rows(name, len(parameter), hidden_size, shard):
                p, g, m, v = (array[rows].reshape(-1) for array in group)
                self._blocks.append((p, g, m, v, "weight" in name))
        widest = max(len(block[0]) for block in self._blocks)
        self._scratch = aligned_empty((min(widest, CHUNK),), self._blocks[0][0].dtype)

    def squared_norm(self) -> float:
        """The sum of the squares of own gradients."""
        own = [g for _, g, _, _, _ in self._blocks]
        own += [g[rows].reshape(-1) for _, rows, (_, g, _, _) in self._tables]
        return math.fsum(float(np.dot(g, g)) for g in own)

    def update(
        self,
        settings: AdamSettings,
        scale: float = 1.0,
        *,
        used: Mapping[str, Ids] | None = None,
    ) -> None:
        """One step, with the gradients (which are overwritten) times `scale`.

        used: by the name of a table of n-grams, the rows (ascending) that the batch used.
        """
        for name, own, group in self._tables:
            rows = used[name] if used else np.arange(len(group[0]))
            first, last = np.searchsorted(rows, (own.start, own.stop))
            rows = rows[first:last]
            p, g, m, v = (array[rows] for array in group)
            g *= scale
            p *= 1 - settings.learning_rate * settings.weight_decay
            _update(p, g, m, v, np.empty_like(p), settings)
            for array, new in zip(group, (p, g, m, v), strict=True):
                array[rows] = new
        for p, g, m, v, decays in self._blocks:
            decay = 1 - settings.learning_rate * settings.weight_decay if decays else 1.0
            for start in range(0, len(p), CHUNK):
                part = slice(start, start + CHUNK)
                if scale != 1:
                    g[part] *= scale
                if decay != 1:
                    p[part] *= decay
                change = self._scratch[: len(p[part])]
                _update(p[part], g[part], m[part], v[part], change, settings)


def _update(
    p: Floats, g: Floats, m: Floats, v: Floats, change: Floats, settings: AdamSettings
) -> None:
    """All in place; `change` is scratch of the same shape."""
    beta1, beta2, step = settings.beta1, settings.beta2, settings.step
    v *= beta2
    np.multiply(g, g, out=change)
    change *= 1 - beta2
    v += change
    m *= beta1
    g *= 1 - beta1
    m += g
    # The bias corrections of both moments, taken out of the arrays (section 2 of the paper).
    correction, of_mean = math.sqrt(1 - beta2**step), 1 - beta1**step
    np.sqrt(v, out=change)
    change += EPSILON * correction
    if settings.nesterov and beta1:
        ahead = (1 - beta1 ** (step + 1)) / beta1
        g *= ahead / of_mean
        g += m
        np.divide(g, change, out=change)
        of_mean = ahead
    else:
        np.divide(m, change, out=change)
    change *= settings.learning_rate * correction / of_mean
    p -= change


def own_rows(name: str, rows: int, hidden_size: int, shard: Shard) -> list[slice]:
    """The rows of a parameter that `shard` owns: those of its units in each gate."""
    if not name.startswith("rnn.") or shard.count == 1:
        return [shard.own(rows)]
    own = shard.own(hidden_size)
    starts = range(0, rows, hidden_size)
    return [slice(start + own.start, start + own.stop) for start in starts]


def clip_scale(norm: float, limit: float) -> float:
    """The factor that brings a norm down to `limit` (Pascanu et al. 2013); 0 never clips."""
    return limit / norm if limit and norm > limit else 1.0

"""`markov`: text of a random Markov source, whose entropy rate is known exactly.

k is the order, A the number of symbols; a context is the last k symbols.
"""

from bisect import bisect_right
from functools import cache
from random import Random
from typing import cast

import numpy as np
from numpy.typing import NDArray

from corpora.corpus import Text

ORDERS = (1, 2, 3)
DEFAULT_ORDER = 2
LENGTH = 400_000  # characters
RANDOM_SEED = 1913
# Fewer symbols for higher orders, so that every context occurs hundreds of times.
SYMBOLS = {1: " adehilmnorstuwy", 2: " aehinorst", 3: " aeinst"}
UNIFORM = 0.02  # share of a uniform distribution, so that every context can be reached
ENOUGH_ROUNDS = 10_000

Table = NDArray[np.float64]


@cache
def transitions(order: int) -> Table:
    """P (A, ..., A), k+1 axes: the probability of the last axis's symbol after the others'."""
    size = len(SYMBOLS[order])
    rng = Random(RANDOM_SEED + order)  # the same in every version of Python, unlike NumPy's
    weights = np.array([rng.random() for _ in range(size ** (order + 1))])
    for _ in range(3):  # to the power of eight: a few successors are likely, most are not
        weights *= weights
    weights = weights.reshape((size,) * (order + 1))
    shares = weights / weights.sum(axis=-1, keepdims=True)
    table: Table = (1 - UNIFORM) * shares + UNIFORM / size
    table.setflags(write=False)
    return table


@cache
def stationary(order: int) -> Table:
    """The probability (A, ..., A), k axes, of each context in the long run.

    Found as the fixed point of one step of the chain. It is unique, since every symbol may
    follow every context.
    """
    P = transitions(order)
    contexts: Table = np.full(P.shape[:-1], 1 / P[..., 0].size)
    for _ in range(ENOUGH_ROUNDS):
        after = (contexts[..., np.newaxis] * P).sum(axis=0)  # the oldest symbol drops out
        if np.abs(after - contexts).max() < 1e-15:
            break
        contexts = after
    return contexts


@cache
def entropy_rate(order: int) -> float:
    """The entropy of the source in nats per character, with all that came before it known.

    The next symbol depends on the last k alone, so a longer memory is of no use, and
    H(X_t | X_1 ... X_t-1) = H(X_t | X_t-k ... X_t-1). The text starts with a context from the
    stationary distribution pi and therefore stays in it, so at each character this is

        rate = - sum over contexts c of pi(c) sum over symbols a of P(a | c) ln P(a | c)

    (Cover and Thomas, Elements of Information Theory, theorem 4.2.4).
    """
    P = transitions(order)
    return float(-(stationary(order)[..., np.newaxis] * P * np.log(P)).sum())


def text(order: int, length: int = LENGTH, random_seed: int = RANDOM_SEED) -> str:
    """`length` characters of the source of that order."""
    chance = Random(random_seed).random
    symbols = SYMBOLS[order]
    size, contexts = len(symbols), len(symbols) ** order
    rows = _bounds(transitions(order).reshape(contexts, size))
    (starts,) = _bounds(stationary(order).reshape(1, contexts))
    context = bisect_right(starts, chance())
    drawn = [symbols[int(place)] for place in np.unravel_index(context, (size,) * order)]
    for _ in range(length - order):
        symbol = bisect_right(rows[context], chance())
        drawn.append(symbols[symbol])
        context = (context * size + symbol) % contexts  # its digits are the last k symbols
    return "".join(drawn)


def _bounds(probabilities: Table) -> list[list[float]]:
    """Where the share of each column of (rows, columns) ends; rounding never leaves the last."""
    ends = probabilities.cumsum(axis=1)
    ends[:, -1] = 1
    return cast(list[list[float]], ends.tolist())


def corpus(order: int) -> Text:
    """The built-in corpus `markov-1`, `markov-2` or `markov-3`."""
    return Text(text(order), entropy_rate=entropy_rate(order))

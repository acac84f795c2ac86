"""`dyck`: lines of balanced brackets from a source whose entropy rate is known exactly.

The loss of a model that has learnt to count and to match brackets is its `entropy_rate`.
"""

import math
import random

from corpora.corpus import Text

PAIRS = (("(", ")"), ("[", "]"), ("{", "}"), ("<", ">"))
DEPTH = 8  # brackets open at once, at most
LENGTH = 300_000  # characters, and up to one line more
RANDOM_SEED = 1936


def entropy_rate(kinds: int = len(PAIRS), depth: int = DEPTH) -> float:
    """The entropy of the source in nats per character, with all that came before it known.

    The source is a Markov chain on the stack of open brackets. With k kinds and depth D:

        start of a line            opens a bracket
        0 open, within a line      opens or ends the line, 1/2 each
        1 ... D-1 open             opens or closes, 1/2 each
        D open                     closes

    Which kind is opened is uniform over k; which closes is the last one opened. Every line
    ends with an empty stack, so whoever has read far enough back knows the stack, and the
    uncertainty about the next character is that of the coin and of the kind: ln 2 where a
    coin is tossed, and ln k for each bracket that opens.

    Let p be the stationary probability of 0 open within a line. The flows between
    neighbouring depths balance. Half of p starts a new line: p/2. Into depth 1 goes
    p/2 + p/2 = p, and half of depth 1 returns: it has 2p. So have 2 ... D-1, and D, which
    always returns what half of D-1 sent, has p. The sum is
    p/2 + p + 2p (D-1) + p = p (4D+1)/2 = 1, so p = 2/(4D+1). Coins are tossed with
    probability p + 2p (D-1) = p (2D-1). A bracket opens with probability
    p/2 + p/2 + p (D-1) = p D. Therefore

        rate = 2 ((2D - 1) ln 2 + D ln k) / (4D + 1)    for D >= 2.
    """
    coins = (2 * depth - 1) * math.log(2)
    openings = depth * math.log(kinds)
    return 2 * (coins + openings) / (4 * depth + 1)


def text(length: int = LENGTH, random_seed: int = RANDOM_SEED) -> str:
    """Whole lines of the source, `length` characters or up to one line more."""
    chance = random.Random(random_seed).random  # the same in every version of Python
    written: list[str] = []
    stack: list[str] = []
    starts = True
    while not (starts and len(written) >= length):
        if starts or (len(stack) < DEPTH and chance() < 0.5):
            opening, closing = PAIRS[int(chance() * len(PAIRS))]
            stack.append(closing)
            written.append(opening)
            starts = False
        elif stack:
            written.append(stack.pop())
        else:
            written.append("\n")
            starts = True
    return "".join(written)


def corpus() -> Text:
    """The built-in corpus `dyck`."""
    return Text(text(), entropy_rate=entropy_rate())

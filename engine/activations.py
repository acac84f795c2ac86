"""The squashing functions of the gates, and the exponentials that softmax is made of."""

import numpy as np

from engine.arrays import Floats

tanh = np.tanh
# A Python float would be made an array at every use: half as long again for a small layer.
HALF = np.array(0.5, np.float32)


def sigmoid_of_twice(half: Floats) -> None:
    """Replace each x/2 by sigmoid(x) = (1 + tanh(x/2)) / 2.

    The half is folded into the weights beforehand: one pass over the array less.
    """
    np.tanh(half, out=half)
    half *= HALF
    half += HALF


def exponentials(logits: Floats, out: Floats | None = None) -> Floats:
    """exp(x) along the last axis but for a factor, so that it is finite for any finite logits.

    Divided by its sum it is the softmax.
    """
    out = np.subtract(logits, np.maximum.reduce(logits, axis=-1, keepdims=True), out=out)
    return np.exp(out, out=out)

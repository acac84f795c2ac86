"""The squashing functions, in place: tanh, the logistic sigmoid, and softmax."""

import numpy as np

from engine.arrays import Floats

tanh = np.tanh


def sigmoid_of_twice(half: Floats) -> None:
    """Replace each x/2 by sigmoid(x) = (1 + tanh(x/2)) / 2.

    The half is folded into the weights beforehand: one pass over the array less.
    """
    np.tanh(half, out=half)
    half *= 0.5
    half += 0.5


def softmax(logits: Floats, out: Floats | None = None) -> Floats:
    """exp(x) / sum(exp(x)) along the last axis; finite for any finite logits."""
    out = np.subtract(logits, logits.max(axis=-1, keepdims=True), out=out)
    np.exp(out, out=out)
    out /= out.sum(axis=-1, keepdims=True)
    return out

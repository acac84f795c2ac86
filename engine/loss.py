"""Softmax cross entropy in nats per character, and the metrics that follow from it."""

import math

import numpy as np

from engine.arrays import Floats, Ids

BEYOND = 700  # nats: the exponentials of such losses are no floats any more, or soon


def cross_entropy(logits: Floats, targets: Ids) -> float:
    """Turn logits (N, V) into probabilities in place; return the *sum* of -log p(target).

    Subtracting each row's largest logit first keeps exp finite for any finite logits.
    """
    rows = np.arange(len(targets))
    logits -= logits.max(axis=1, keepdims=True)
    chosen = logits[rows, targets].sum(dtype=np.float64)
    np.exp(logits, out=logits)
    total = logits.sum(axis=1, keepdims=True)
    logits /= total
    return float(np.log(total, dtype=np.float64).sum() - chosen)


def cross_entropy_backward(probabilities: Floats, targets: Ids, count: float) -> None:
    """Turn probabilities into the gradient of the sum divided by `count`, in place."""
    probabilities[np.arange(len(targets)), targets] -= 1
    probabilities *= 1 / count


def perplexity(loss: float) -> float:
    """exp(loss): between how many characters the model hesitates. A metric, never the objective."""
    return math.exp(loss) if loss < BEYOND else math.inf


def finite_perplexity(loss: float | None) -> float | None:
    """Perplexity for events and JSON: None without a loss, and where no float can hold it."""
    return None if loss is None or loss >= BEYOND else perplexity(loss)


def bits_per_character(loss: float) -> float:
    """loss / ln 2."""
    return loss / math.log(2)

"""Which vector each n-gram of a text has: a checkpoint's tables mean nothing without that."""

import numpy as np
import pytest

from engine.exchange import Exchange
from engine.model import MOST_NGRAM_ROWS, Architecture, initialise, zeros_like_parameters
from engine.network import Network

V, ORDER = 30, 4
ARCHITECTURE = Architecture(
    cell="gru",
    layers=1,
    hidden_size=6,
    embedding_size=0,
    vocabulary_size=V,
    ngram_order=ORDER,
    ngram_size=3,
)


def row(ngram: list[int], rows: int) -> int:
    """As a number in base V+1 whose last digit is the last character; 0 is no character."""
    value = 0
    for identifier in ngram:
        value = value * (V + 1) + identifier + 1
    return value % rows


def test_an_ngram_has_the_same_row_wherever_a_text_is_cut() -> None:
    parameters = zeros_like_parameters(ARCHITECTURE, np.float64)
    gradients = zeros_like_parameters(ARCHITECTURE, np.float64)
    initialise(parameters, ARCHITECTURE, "orthogonal", np.random.default_rng(0))
    text = np.random.default_rng(1).integers(0, V, 12)
    known = [-1] * (ORDER - 1) + text.tolist()
    single = Network(parameters, Exchange(ARCHITECTURE, 1, 1, dtype=np.float64))
    single.refresh()
    found = []
    for t, identifier in enumerate(text):
        found.append(single.step(identifier).copy()[0])
        single.loss()
        single.backward(gradients)
        for n in range(2, ORDER + 1):
            table = f"ngrams.weight_{n}"
            expected = row(known[t + ORDER - n : t + ORDER], len(parameters[table]))
            assert single.ngrams.used[table].tolist() == [expected]
    assert len(parameters["ngrams.weight_4"]) == MOST_NGRAM_ROWS < V**3
    whole = Network(parameters, Exchange(ARCHITECTURE, len(text), 1, dtype=np.float64))
    whole.refresh()
    whole.exchange.inputs[:, 0] = text
    assert whole.forward() == pytest.approx(np.array(found), rel=1e-12)

"""A text is the same to a network in one piece and character by character."""

from typing import Any

import numpy as np
import pytest

from engine.arrays import Floats, Ids
from engine.exchange import Exchange
from engine.model import Architecture, initialise, zeros_like_parameters
from engine.network import Network

MODELS: dict[str, dict[str, Any]] = {
    "one-hot": {},
    "embedding and norm": {"embedding_size": 3, "input_norm": True},
    "n-grams": {"ngram_order": 4, "ngram_size": 3},
}
IDS = np.random.default_rng(2).integers(0, 5, (12, 2))  # (T, B)


def network(T: int, cell: str, more: dict[str, Any]) -> Network:
    """The same parameters whatever T."""
    whole = {"embedding_size": 0, **more}
    architecture = Architecture(
        cell=cell, layers=2, hidden_size=6, vocabulary_size=int(IDS.max()) + 1, **whole
    )
    parameters = zeros_like_parameters(architecture, np.float64)
    initialise(parameters, architecture, "glorot", np.random.default_rng(1))
    exchange = Exchange(architecture, T, IDS.shape[1], dtype=np.float64, training=False)
    made = Network(parameters, exchange)
    made.refresh()
    return made


def in_pieces(reader: Network, ids: Ids) -> Floats:
    """The logits (T*B, V) of a text that is read in as many pieces as it takes."""
    T = reader.exchange.sizes.T
    found = []
    for start in range(0, len(ids), T):
        reader.exchange.inputs[:] = ids[start : start + T]
        found.append(reader.forward().copy())
    return np.concatenate(found)


@pytest.mark.parametrize("more", MODELS.values(), ids=MODELS)
@pytest.mark.parametrize("cell", ["gru", "cifg", "lstm"])
def test_pieces_follow_one_another_as_if_they_were_one(cell: str, more: dict[str, Any]) -> None:
    whole = in_pieces(network(len(IDS), cell, more), IDS)
    for T in (1, 2, 6):
        reader = network(T, cell, more)
        np.testing.assert_allclose(in_pieces(reader, IDS), whole, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("more", MODELS.values(), ids=MODELS)
def test_what_is_forgotten_leaves_no_trace_and_another_stream_stays(more: dict[str, Any]) -> None:
    reader = network(1, "lstm", more)
    first = in_pieces(reader, IDS)
    reader.exchange.forget()
    np.testing.assert_array_equal(in_pieces(reader, IDS), first)
    reader.exchange.forget(0)
    again = in_pieces(reader, IDS).reshape(*IDS.shape, -1)
    np.testing.assert_array_equal(again[:, 0], first.reshape(again.shape)[:, 0])
    assert (again[:, 1] != first.reshape(again.shape)[:, 1]).any()

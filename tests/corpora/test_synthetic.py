"""The rates against the texts: what a reader who knows the source loses on each character."""

import math
import time
from collections import Counter

import numpy as np
import pytest
from numpy.typing import NDArray

import corpora
from corpora import dyck, markov

CLOSING = dict(dyck.PAIRS)


def dyck_losses(text: str) -> list[float]:
    """-ln p of each character, for who knows the source of `corpora.dyck` and reads from 0."""
    losses = []
    stack: list[str] = []
    starts = True
    for character in text:
        coin = math.log(2) if not starts and len(stack) < dyck.DEPTH else 0.0
        if character in CLOSING:
            assert len(stack) < dyck.DEPTH
            losses.append(coin + math.log(len(dyck.PAIRS)))
            stack.append(CLOSING[character])
        elif character == "\n":
            assert not stack
            assert not starts
            losses.append(coin)
        else:
            assert stack.pop() == character
            losses.append(coin)
        starts = character == "\n"
    assert starts
    return losses


def stationary_dyck_rate(kinds: int, depth: int) -> float:
    """The rate from the eigenvector of the chain over (start of line, 0, 1 ... depth)."""
    P = np.zeros((depth + 2, depth + 2))
    P[0, 2] = P[depth + 1, depth] = 1
    P[1, 0] = P[1, 2] = 0.5
    for state in range(2, depth + 1):
        P[state, state - 1] = P[state, state + 1] = 0.5
    A = np.vstack([P.T - np.eye(depth + 2), np.ones(depth + 2)])
    share = np.linalg.lstsq(A, np.eye(depth + 3)[-1], rcond=None)[0]
    coins = share[1:-1].sum()
    openings = share[0] + 0.5 * coins
    return float(coins * math.log(2) + openings * math.log(kinds))


def markov_losses(text: str, order: int) -> NDArray[np.float64]:
    """-ln p of each character after the first `order`, by the table of transitions."""
    places = {symbol: place for place, symbol in enumerate(markov.SYMBOLS[order])}
    ids = np.array([places[character] for character in text])
    P = markov.transitions(order)
    contexts = tuple(ids[start : len(ids) - order + start] for start in range(order))
    losses: NDArray[np.float64] = -np.log(P[(*contexts, ids[order:])])
    return losses


def mean_and_deviation(order: int) -> tuple[float, float]:
    """The mean loss of the source of that order, and s such that the mean over n characters of
    text has the standard error s / sqrt(n).

    Both come from the chain over its C contexts: with Q (C, C) its transitions, pi its
    stationary distribution, g the loss less its mean, and h the expectation of g in a context,
    s^2 = E g^2 + 2 sum over j > 0 of E g_0 g_j, where that sum is E g_0 u(context after it)
    with u = (1 + Q + Q^2 + ...) h, the solution of (1 - Q + 1 pi) u = h.
    """
    P = markov.transitions(order)
    size, contexts = P.shape[-1], P[..., 0].size
    rows = P.reshape(contexts, size)
    after = (np.arange(contexts)[:, np.newaxis] * size + np.arange(size)) % contexts
    Q = np.zeros((contexts, contexts))
    np.put_along_axis(Q, after, rows, axis=1)
    A = np.vstack([Q.T - np.eye(contexts), np.ones(contexts)])
    pi = np.linalg.lstsq(A, np.eye(contexts + 1)[-1], rcond=None)[0]
    joint = pi[:, np.newaxis] * rows
    mean = float((joint * -np.log(rows)).sum())
    g = -np.log(rows) - mean
    u = np.linalg.solve(np.eye(contexts) - Q + pi, (rows * g).sum(axis=1))
    variance = (joint * g * g).sum() + 2 * (joint * g * u[after]).sum()
    return mean, math.sqrt(variance)


def test_dyck_loses_its_entropy_rate_on_average() -> None:
    losses = np.array(dyck_losses(dyck.text()))
    assert losses.mean() == pytest.approx(dyck.entropy_rate(), abs=0.005)
    # Four times as much text of another random seed comes closer still.
    losses = np.array(dyck_losses(dyck.text(1_200_000, random_seed=7)))
    assert losses.mean() == pytest.approx(dyck.entropy_rate(), abs=0.002)


@pytest.mark.parametrize("kinds", [1, 4])
@pytest.mark.parametrize("depth", [2, 3, 8, 20])
def test_the_formula_of_dyck_agrees_with_its_chain(kinds: int, depth: int) -> None:
    assert dyck.entropy_rate(kinds, depth) == pytest.approx(stationary_dyck_rate(kinds, depth))


def test_dyck_uses_every_kind_and_every_depth_alike() -> None:
    counts = Counter(dyck.text())
    lines = counts.pop("\n")
    assert set(counts) == set("()[]{}<>")
    assert max(counts.values()) < 1.05 * min(counts.values())
    assert sum(counts.values()) / lines == pytest.approx(4 * dyck.DEPTH, rel=0.05)


@pytest.mark.parametrize("order", markov.ORDERS)
def test_the_rate_of_markov_is_the_mean_loss_over_its_chain(order: int) -> None:
    mean, _ = mean_and_deviation(order)
    assert markov.entropy_rate(order) == pytest.approx(mean, rel=1e-11)


@pytest.mark.parametrize("order", markov.ORDERS)
def test_markov_loses_its_entropy_rate_on_average(order: int) -> None:
    _, deviation = mean_and_deviation(order)
    for length, random_seed in ((markov.LENGTH, markov.RANDOM_SEED), (1_600_000, 7)):
        losses = markov_losses(markov.text(order, length, random_seed), order)
        # Four standard errors; at 1.6 million characters that is 0.6 percent of the rate or less.
        allowed = 4 * deviation / math.sqrt(len(losses))
        assert losses.mean() == pytest.approx(markov.entropy_rate(order), abs=allowed)


@pytest.mark.parametrize("order", markov.ORDERS)
def test_neighbouring_losses_are_as_correlated_as_their_standard_error_says(order: int) -> None:
    _, deviation = mean_and_deviation(order)
    losses = markov_losses(markov.text(order, 1_600_000, random_seed=7), order)
    blocks = losses[: len(losses) // 2000 * 2000].reshape(-1, 2000)
    # The deviation of some 800 means is known to 2.5 percent (one standard error).
    assert blocks.mean(axis=1).std() * math.sqrt(2000) == pytest.approx(deviation, rel=0.1)


@pytest.mark.parametrize("order", markov.ORDERS)
def test_the_stationary_distribution_stays_as_it_is(order: int) -> None:
    P, share = markov.transitions(order), markov.stationary(order)
    np.testing.assert_allclose(P.sum(axis=-1), 1, rtol=1e-12)
    assert share.sum() == pytest.approx(1)
    np.testing.assert_allclose((share[..., np.newaxis] * P).sum(axis=0), share, atol=1e-14)
    text = markov.text(order)
    found = Counter(text[place : place + order] for place in range(len(text) - order + 1))
    symbols = markov.SYMBOLS[order]
    for context, probability in np.ndenumerate(share):
        expected = probability * len(text)
        count = found["".join(symbols[place] for place in context)]
        assert abs(count - expected) < 10 * math.sqrt(expected) + 10


@pytest.mark.parametrize("order", markov.ORDERS)
def test_less_memory_than_the_order_loses_more(order: int) -> None:
    text = markov.text(order)
    counts = Counter(text[place : place + order] for place in range(len(text) - order))
    before = Counter[str]()
    for context, count in counts.items():
        before[context[:-1]] += count
    shorter = -sum(
        count * math.log(count / before[context[:-1]]) for context, count in counts.items()
    ) / len(text)
    assert shorter > 1.1 * markov.entropy_rate(order)


@pytest.mark.parametrize("name", ["dyck", "markov", "markov-1", "markov-2", "markov-3"])
def test_a_synthetic_corpus_is_the_same_each_time_and_quickly_made(name: str) -> None:
    began = time.perf_counter()
    corpus = corpora.load(name)
    assert time.perf_counter() - began < 1
    assert corpora.load(corpus.source).sha256 == corpus.sha256
    assert 200_000 <= len(corpus) <= 500_000
    assert corpus.entropy_rate is not None
    assert 0 < corpus.entropy_rate < math.log(len(corpus.vocabulary))


def test_the_texts_and_rates_are_those_that_they_were() -> None:
    # Runs of other days are compared with these floors.
    assert dyck.entropy_rate() == pytest.approx(1.3022765210520184, rel=1e-12)
    assert [markov.entropy_rate(order) for order in markov.ORDERS] == pytest.approx(
        [1.5123592014792817, 1.163469106252574, 0.8638627070209572], rel=1e-9
    )
    assert [corpora.load(f"markov-{order}").preview(16) for order in markov.ORDERS] == [
        "meruerueralllnoa",
        "is asn nio shsrs",
        "inaeenaatistsett",
    ]

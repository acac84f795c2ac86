import numpy as np
import pytest

import corpora
from engine import evaluate
from engine.arrays import Ids
from engine.errors import UsageError
from engine.evaluation import Evaluation
from engine.exchange import Exchange
from engine.loss import cross_entropy
from engine.model import Architecture, Model, initialise, zeros_like_parameters
from engine.network import Network
from engine.shards import Shard


def random_model(cell: str) -> Model:
    corpus = corpora.from_text("abcdefgh")
    architecture = Architecture(
        cell=cell, layers=2, hidden_size=16, embedding_size=0, vocabulary_size=8
    )
    parameters = zeros_like_parameters(architecture, np.float64)
    initialise(parameters, architecture, "orthogonal", np.random.default_rng(0))
    parameters["head.weight"] *= 3
    return Model(architecture, corpus.vocabulary, parameters)


def single_pass(model: Model, ids: Ids) -> float:
    exchange = Exchange(model.architecture, len(ids) - 1, 1, dtype=np.float64, training=False)
    network = Network(model.parameters, exchange)
    network.refresh()
    exchange.inputs[:, 0] = ids[:-1]
    return cross_entropy(network.forward(), ids[1:]) / (len(ids) - 1)


@pytest.mark.parametrize("cell", ["gru", "cifg", "lstm"])
@pytest.mark.parametrize("characters", [2, 3, 65, 1000, 2500, 9001])
def test_it_agrees_with_one_single_pass(cell: str, characters: int) -> None:
    model = random_model(cell)
    ids = np.random.default_rng(1).integers(0, 8, characters)
    assert evaluate(model, ids) == pytest.approx(single_pass(model, ids), abs=0.001)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_shards_together_score_every_character_once(count: int) -> None:
    model = random_model("lstm")
    ids = np.random.default_rng(1).integers(0, 8, 5000)
    parts = [
        Evaluation(
            model.architecture, model.parameters, ids, Shard(rank, count), np.dtype(np.float64)
        )
        for rank in range(count)
    ]
    totals = [part.total() for part in parts]
    assert totals == [part.total() for part in parts]  # nothing is remembered
    total, scored = (sum(column) for column in zip(*totals, strict=True))
    assert scored == 4999
    assert total / scored == pytest.approx(evaluate(model, ids), rel=1e-12)


def test_processes_together_find_the_same_loss() -> None:
    model = random_model("lstm")
    ids = np.random.default_rng(1).integers(0, 8, 5000)
    alone = evaluate(model, ids)
    for processes in (0, 2):
        assert evaluate(model, ids, processes=processes) == pytest.approx(alone, rel=1e-12)


def test_fewer_than_no_processes_are_refused() -> None:
    with pytest.raises(UsageError, match="processes is -1"):
        evaluate(random_model("gru"), np.zeros(100, np.uint8), processes=-1)


def test_nothing_to_predict_is_said() -> None:
    with pytest.raises(UsageError, match="fewer than two characters"):
        evaluate(random_model("gru"), np.zeros(1, np.uint8))


@pytest.mark.parametrize(("ids", "wrong"), [([0, -1, 2], "-1"), ([7, 8, 9], "9")])
def test_an_id_outside_the_vocabulary_is_told(ids: list[int], wrong: str) -> None:
    with pytest.raises(UsageError, match=f"^id {wrong} is none of this vocabulary's 8; "):
        evaluate(random_model("gru"), np.array(ids))

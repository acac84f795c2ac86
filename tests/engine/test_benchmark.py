"""The benchmark counts and divides right; how fast a machine is, no test can know."""

import math

import pytest

from engine import benchmark
from engine.benchmark import CHARACTERS
from engine.errors import HyperparameterError
from engine.hyperparameters import Hyperparameters
from engine.model import Architecture
from engine.rehearsal import Rehearsal
from engine.shards import sharding_is_safe

TINY = {"layers": 1, "hidden_size": 8, "batch_size": 2, "sequence_length": 3, "processes": 1}
MOMENT = 0.001  # seconds


@pytest.mark.parametrize(("cell", "gates"), [("gru", 3), ("cifg", 3), ("lstm", 4)])
@pytest.mark.parametrize("embedding_size", [0, 5])
def test_the_useful_work_is_six_operations_a_weight_without_the_look_up(
    cell: str, gates: int, embedding_size: int
) -> None:
    architecture = Architecture(
        cell=cell, layers=2, hidden_size=7, embedding_size=embedding_size, vocabulary_size=11
    )
    recurrent, between, head = 2 * gates * 7 * 7, gates * 7 * 7, 11 * 7
    assert benchmark.useful_flops(architecture) == 6 * (recurrent + between + head)


def test_the_limit_is_measured_however_little_time_there_is() -> None:
    assert 0 < benchmark.gemm_gflops(0) < math.inf


@pytest.mark.parametrize("processes", [1, 2])
def test_a_row_says_what_was_measured_and_its_figures_agree(processes: int) -> None:
    if processes > 1 and not sharding_is_safe():
        pytest.skip("this machine cannot share a model between processes")
    settings = Hyperparameters.from_mapping(TINY | {"processes": processes, "blas_threads": 1})
    row = benchmark.measure(settings, MOMENT, 100.0)
    assert (row.cell, row.layers, row.hidden_size) == ("gru", 1, 8)
    assert (row.batch_size, row.sequence_length) == (2, 3)
    assert (row.processes, row.blas_threads) == (processes, 1)
    assert row.gemm_gflops == 100.0
    assert 0 < row.characters_per_second < math.inf
    flops = benchmark.useful_flops(Architecture.of(settings, CHARACTERS))
    assert row.gflops == pytest.approx(row.characters_per_second * flops / 1e9)


def test_the_rate_is_characters_by_seconds_of_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Rehearsal, "step", lambda _: 0.25)
    row = benchmark.measure(Hyperparameters.from_mapping(TINY), 1.0, 100.0)
    assert row.characters_per_second == 2 * 3 / 0.25


def test_all_rows_stand_beside_one_limit_and_come_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limits = iter([123.0])
    monkeypatch.setattr(benchmark, "gemm_gflops", lambda _: next(limits))
    models = [Hyperparameters.from_mapping(TINY | {"cell": cell}) for cell in ("gru", "lstm")]
    rows = benchmark.benchmark(models, MOMENT)
    first = next(rows)
    monkeypatch.setattr(Rehearsal, "step", lambda _: 0.25)
    (second,) = rows
    assert (first.cell, second.cell) == ("gru", "lstm")
    assert first.gemm_gflops == second.gemm_gflops == 123.0
    assert second.characters_per_second == 24


def test_without_a_choice_there_is_a_model_of_each_shape() -> None:
    models = benchmark.grid({})
    assert tuple((model.layers, model.hidden_size) for model in models) == benchmark.SHAPES
    assert {model.cell for model in models} == {"gru"}


def test_a_chosen_shape_is_the_only_one_and_other_choices_hold_for_all() -> None:
    (model,) = benchmark.grid({"layers": "4", "cell": "lstm"})
    assert (model.cell, model.layers) == ("lstm", 4)
    (model,) = benchmark.grid({"hidden_size": "48"})
    assert model.hidden_size == 48
    models = benchmark.grid({"batch_size": "64", "cell": "cifg"})
    assert len(models) == len(benchmark.SHAPES)
    assert {(model.batch_size, model.cell) for model in models} == {(64, "cifg")}


def test_a_choice_out_of_bounds_is_named() -> None:
    for chosen in ({"layers": "9"}, {"batch_size": "none"}):
        with pytest.raises(HyperparameterError, match=f"{next(iter(chosen))} is '"):
            benchmark.grid(chosen)
    for seconds in ("0", "-1", "nan", "inf", "1e9", "soon"):
        with pytest.raises(HyperparameterError, match="seconds is"):
            benchmark.SECONDS.parse(seconds)

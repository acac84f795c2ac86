"""How a model is spread over the machine: asked for, tried, remembered."""

import math
import time
from pathlib import Path
from typing import Any, ClassVar, Self

import msgspec
import pytest

from engine import Hyperparameters, machine, rehearsal, tuning
from engine.errors import WorkerError
from engine.machine import Split
from engine.tuning import choose_split

SMALL = Hyperparameters(layers=1, hidden_size=64, batch_size=8, sequence_length=8)


@pytest.fixture
def four_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (machine, tuning):
        monkeypatch.setattr(module, "cores", lambda: 4)
    monkeypatch.setattr(machine, "sharding_is_safe", lambda: True)


def test_one_core_leaves_no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "cores", lambda: 1)
    assert machine.splits(Hyperparameters(hidden_size=1024)) == [Split(1, 1)]


@pytest.mark.usefixtures("four_cores")
def test_a_large_model_may_use_every_core_and_a_tiny_one_only_one() -> None:
    assert Split(4, 1) in machine.splits(Hyperparameters(hidden_size=512))
    assert machine.usual_split(Hyperparameters(hidden_size=512)) == Split(4, 1)
    assert machine.splits(Hyperparameters(hidden_size=32, batch_size=1)) == [Split(1, 1)]


@pytest.mark.usefixtures("four_cores")
def test_a_machine_without_fork_or_x86_keeps_to_one_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(machine, "sharding_is_safe", lambda: False)
    assert machine.splits(Hyperparameters(hidden_size=512)) == [Split(1, 1), Split(1, 4)]


@pytest.mark.usefixtures("four_cores")
def test_what_is_asked_for_is_taken() -> None:
    asked = Hyperparameters(hidden_size=512, processes=3, blas_threads=2)
    assert choose_split(asked, 65) == Split(3, 1)  # several processes have a core each
    assert choose_split(Hyperparameters(hidden_size=512, blas_threads=3), 65) == Split(1, 3)
    assert choose_split(Hyperparameters(hidden_size=2, processes=9), 65).processes == 2


def never(*_: object) -> Split:
    raise AssertionError("measured again")


def test_the_answer_is_one_of_the_candidates_and_is_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tuning, "PATIENCE", 0.05)
    monkeypatch.setattr(rehearsal, "UNDISTURBED", 0)  # other tests run beside this one
    monkeypatch.setattr(machine, "cores", lambda: 2)
    found = choose_split(SMALL, 30, tmp_path)
    assert found in machine.splits(SMALL)
    (file,) = tmp_path.iterdir()

    monkeypatch.setattr(tuning, "_times", never)
    assert choose_split(SMALL, 30, tmp_path) == found
    assert choose_split(SMALL, 31, tmp_path, is_quiet=False) == machine.usual_split(SMALL)
    file.write_bytes(b"[0, 0]")
    with pytest.raises(AssertionError, match="measured again"):
        choose_split(SMALL, 30, tmp_path)


ONE, THREADS, TWO, FOUR = Split(1, 1), Split(1, 4), Split(2, 1), Split(4, 1)


@pytest.mark.parametrize(
    ("times", "usual", "expected"),
    [
        ({ONE: 1.0, TWO: 0.6, FOUR: 0.4}, FOUR, FOUR),
        ({ONE: 1.0, TWO: 0.6, FOUR: 0.59}, FOUR, TWO),  # two more cores for nothing
        ({ONE: 1.0, THREADS: 0.99, TWO: 1.3}, FOUR, ONE),
        ({ONE: 1.0, THREADS: 0.9, TWO: 1.3}, FOUR, THREADS),
        ({ONE: 1.0, TWO: 1.1}, TWO, TWO),  # as if somebody took a core for that moment
        ({ONE: 1.0, TWO: 1.3}, TWO, ONE),
        ({ONE: 1.0, TWO: 1.1}, ONE, ONE),  # a batch of one stream
    ],
)
def test_the_simplest_wins_that_is_about_as_fast_but_one_process_must_be_clearly_faster(
    times: dict[Split, float], usual: Split, expected: Split
) -> None:
    assert tuning.fastest(times, usual) == expected


class Known:
    """Rehearsals whose outcome is known; `tried` is what was asked of them."""

    seconds: ClassVar[dict[Split, float]]
    tried: ClassVar[list[tuple[Split, int, float]]]

    def __init__(self, settings: Hyperparameters, split: Split, _: int) -> None:
        self.settings, self.split = settings, split
        if split not in self.seconds:
            raise WorkerError("no room for so many processes")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def quickest_step(self, _: float, too_slow: float) -> tuple[float, bool]:
        self.tried.append((self.split, self.settings.sequence_length, too_slow))
        return self.seconds[self.split], True


@pytest.fixture
def known(four_cores: None, monkeypatch: pytest.MonkeyPatch) -> type[Known]:
    monkeypatch.setattr(tuning, "Rehearsal", Known)
    Known.seconds, Known.tried = {ONE: 1.0, THREADS: 0.9, TWO: 0.6, FOUR: 0.59}, []
    return Known


def test_the_usual_split_is_tried_first_and_what_is_hopeless_beside_the_best_not_to_the_end(
    known: type[Known],
) -> None:
    wide = Hyperparameters(hidden_size=128, sequence_length=64)
    assert choose_split(wide, 65) == TWO  # and three processes do not work
    limits = [math.inf, 0.59, 0.59, 0.59]
    assert known.tried == [
        (split, tuning.LONGEST_SEQUENCE, tuning.HOPELESS * limit)
        for split, limit in zip((FOUR, ONE, THREADS, TWO), limits, strict=True)
    ]
    known.tried.clear()
    known.seconds |= {FOUR: 0.7}
    assert choose_split(msgspec.structs.replace(wide, sequence_length=8), 65) == TWO
    assert [length for _, length, _ in known.tried] == [8] * 4


@pytest.mark.parametrize(
    "change",
    [
        {"cell": "lstm"},
        {"layers": 2},
        {"hidden_size": 136},
        {"embedding_size": 8},
        {"batch_size": 9},
        {"sequence_length": 9},
        {"dropout": 0.1},
        {"ngram_order": 3},
        {"ngram_order": 3, "ngram_size": 9},
        {"input_norm": True},
    ],
    ids=str,
)
def test_an_answer_is_one_about_that_very_model(
    known: type[Known], tmp_path: Path, change: dict[str, Any]
) -> None:
    before: dict[str, Any] = {"layers": 1, "hidden_size": 128, "batch_size": 8, "ngram_order": 1}
    if "ngram_size" in change:
        before |= {"ngram_order": 3, "ngram_size": 8}
    for settings, vocabulary_size in ((before, 65), ({**before, **change}, 65), (before, 66)):
        asked = Hyperparameters.from_mapping(settings)
        for tried in (True, False):  # the second time it is remembered
            known.tried.clear()
            choose_split(asked, vocabulary_size, tmp_path)
            assert bool(known.tried) == tried


def test_beside_other_work_the_usual_split_is_taken_and_not_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "cores", lambda: 2)
    monkeypatch.setattr(tuning, "PATIENCE", 0.2)
    monkeypatch.setattr(time, "process_time", lambda: time.monotonic() / 2)  # half a core
    assert choose_split(SMALL, 30, tmp_path) == machine.usual_split(SMALL)
    assert not list(tmp_path.iterdir())


def test_a_cache_that_cannot_be_written_does_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tuning, "PATIENCE", 0.02)
    monkeypatch.setattr(machine, "cores", lambda: 2)
    nowhere = tmp_path / "file"
    nowhere.write_text("not a folder")
    assert choose_split(SMALL, 30, nowhere) in machine.splits(SMALL)


def test_nothing_is_tried_for_a_model_that_would_take_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(machine, "cores", lambda: 2)
    monkeypatch.setattr(tuning, "_times", never)
    large = Hyperparameters(layers=2, hidden_size=2048)
    assert choose_split(large, 65) == machine.usual_split(large)

"""A model that does not fit into memory is refused before anything is allocated."""

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import corpora
from engine import Hyperparameters, footprint
from engine.batches import laid_out
from engine.errors import UsageError
from engine.model import Architecture

CHARACTERS = 65
LONG = corpora.from_text("".join(chr(33 + number) for number in range(65)) * 30_000)
# A run that trains, validates, samples and saves. It validates as many and as large blocks as with
# a long text, but for each stream only one.
RUN = r"""
import json, random, sys, tempfile
from pathlib import Path
from threadpoolctl import threadpool_limits
import corpora
from engine import Hyperparameters, Trainer, evaluation
evaluation.SHORTEST_STREAM = evaluation.BLOCK // 2
threadpool_limits(1, user_api="blas")
settings = Hyperparameters.from_mapping(json.loads(sys.argv[1]))
alphabet = [chr(33 + number) for number in range(int(sys.argv[2]))]
corpus = corpora.from_text("".join(random.Random(1).choices(alphabet, k=81_800)))
print("ready", flush=True)
sys.stdin.readline()
with tempfile.TemporaryDirectory() as folder:
    with Trainer(corpus, settings, processes=settings.processes, folder=Path(folder)) as trainer:
        events = [type(event).__name__ for event in trainer]
print(*events)
"""
BARE: dict[str, Any] = {"layers": 1, "hidden_size": 1024, "batch_size": 4, "sequence_length": 16}
MANY: dict[str, Any] = {"layers": 2, "hidden_size": 512, "batch_size": 16, "sequence_length": 32}
# Two checkpoints behind the fork: the first one leaves the workers with a snapshot of their own.
OFTEN: dict[str, Any] = {
    **{"epochs": 0, "steps": 2, "validate_every": 1, "checkpoint_every": 1},
    **{"sample_length": 20, "validation_fraction": 0.05, "blas_threads": 1},
}
RUNS: dict[str, dict[str, Any]] = {
    "many weights": {**BARE, "processes": 2},
    "three layers": {"layers": 3, "hidden_size": 192, "batch_size": 32, "processes": 1},
    "CIFG with n-grams": {**MANY, "cell": "cifg", "processes": 1, "ngram_order": 3},
    "LSTM that forgets": {**MANY, "cell": "lstm", "processes": 2, "dropout": 0.2},
}


def family(ancestor: int) -> list[int]:
    """The process ids of that one and all that descend from it."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:  # gone meanwhile
            continue
    found = [ancestor]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def held(ancestor: int) -> int:
    """Bytes that they hold together: what several share counts once."""
    total = 0
    for process in family(ancestor):
        try:
            text = Path(f"/proc/{process}/smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(map(int, re.findall(r"^Pss:\s+(\d+)", text, re.MULTILINE)))
    return total * 1024


def peak(settings: dict[str, Any]) -> int:
    """Bytes that such a run holds at most, beside the program and the text."""
    arguments = [sys.executable, "-c", RUN, json.dumps(settings), str(CHARACTERS)]
    with subprocess.Popen(
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
        before, most = held(program.pid), 0
        program.stdin.write("\n")
        program.stdin.flush()
        while program.poll() is None:
            most = max(most, held(program.pid))
            time.sleep(0.005)
        happened = program.stdout.read().split()
    assert {"Step", "Validation", "Sample", "CheckpointSaved"} <= set(happened)
    return most - before


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="reads /proc")
@pytest.mark.parametrize("name", RUNS)
def test_the_estimate_is_within_a_third_of_what_a_run_holds(name: str) -> None:
    whole = {**OFTEN, **RUNS[name]}
    estimate = footprint.needed(Hyperparameters.from_mapping(whole), CHARACTERS)
    assert estimate == pytest.approx(peak(whole), rel=1 / 3)


def test_what_several_processes_leave_for_one_another_counts() -> None:
    alone = Hyperparameters(layers=2, hidden_size=512, batch_size=64, processes=1)
    many = Hyperparameters.from_mapping({"processes": 16}, alone)
    # Of the layer below in each time step, and of the recurrence in turns.
    mail = 64 * 64 * 512 + 2 * 64 * 512
    more = footprint.needed(many, 65) - footprint.needed(alone, 65)
    # A network each to validate, with rows of it on the way, and what the fork has left.
    weights = Architecture.of(alone, 65).parameter_count
    networks = 15 * (weights + 2 * 512 * 512) + footprint.LEFT_BY_FORK * weights
    assert more == 4 * (15 * mail + networks) + 15 * footprint.OF_A_PROCESS


def test_what_does_not_fit_is_named_with_what_would(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(footprint, "available", lambda: 2e9)
    footprint.check_fits(Hyperparameters(), CHARACTERS)
    with pytest.raises(UsageError, match=r"need [\d.]+ GB, but 1.9 GB are free; hidden size") as e:
        footprint.check_fits(Hyperparameters(hidden_size=8192, layers=8), CHARACTERS)
    fitting = int(str(e.value).split("hidden size ")[-1].split(" ")[0].replace(",", ""))
    footprint.check_fits(Hyperparameters(hidden_size=fitting, layers=8), CHARACTERS)
    monkeypatch.setattr(footprint, "available", lambda: 1e9)
    with pytest.raises(UsageError, match="GB are free; take a smaller batch size") as e:
        footprint.check_fits(Hyperparameters(batch_size=65_536, sequence_length=1024), CHARACTERS)
    assert "hidden_size" not in str(e.value)


def test_what_an_address_space_limit_leaves_counts_as_what_is_free() -> None:
    code = (
        "import mmap, resource\n"
        "from engine.footprint import available\n"
        "resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))\n"
        "before = available()\n"
        "kept = mmap.mmap(-1, 1 << 28)\n"
        "assert 0 < available() <= before - (1 << 28), (before, available())\n"
        "rest = mmap.mmap(-1, int(available() * 0.95))\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_a_short_text_needs_no_memory_for_batches_that_it_has_no_room_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(footprint, "available", lambda: 2e9)
    large = Hyperparameters(batch_size=65_536, sequence_length=65_536)
    short = corpora.from_text("to be or not to be " * 50)
    footprint.check_fits(laid_out(large, short), len(short.vocabulary))


def test_only_what_a_change_needs_beyond_what_is_held_has_to_be_free(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(footprint, "available", lambda: 0.0)
    small, large = Hyperparameters(batch_size=32), Hyperparameters(batch_size=4096)
    footprint.check_change(large, small, LONG)
    with pytest.raises(UsageError, match="need 1?[0-9].[0-9] GB more, but 0.0 GB are free"):
        footprint.check_change(small, large, LONG)
    monkeypatch.setattr(footprint, "available", lambda: 2e10)
    footprint.check_change(small, large, LONG)

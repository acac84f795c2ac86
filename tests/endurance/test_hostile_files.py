"""Row 12: a hostile file is one line of error, at once and in little memory."""

import json
import random
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from corpora.added import Shelf
from engine.checkpoint import load_checkpoint
from engine.errors import CheckpointError
from gru_tui.runs.command import send
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from tests.commands.program import CHECKOUT, Program
from tests.endurance.conftest import Figure
from tests.endurance.mutants import READERS, TOO_MUCH, mutants
from tests.runs.living import at_step, live
from tests.runs.making import last, new_run
from tests.whole.rewriting import parts

TOO_LONG = 1.0  # seconds
CHECKPOINT = "checkpoints/last.safetensors"


@pytest.fixture
def run(store: Store) -> Run:
    """A run with one of every kind of file that another could have put there."""
    run = new_run(store, steps=12, checkpoint_every=6, hidden_size=8, sample_every=6)
    assert live(run, at_step(5, lambda: send(run, "set", changes={"dropout": 0.1}))) == 0
    run.rename("a name")
    (run.path / "poem.txt").write_text("of two lines\nand of more characters\n")
    Shelf(run.path).add(run.path / "poem.txt")
    (run.path / "fast.split").write_text("[1,2]")
    return run


def tried(run: Run, kinds: list[str], rounds: int) -> dict[str, dict[str, float]]:
    """Read so many mutants of each of these files in a process of its own."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.endurance.mutants",
            ",".join(kinds),
            run.path,
            str(rounds),
            "12",
        ],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, dict[str, float]] = json.loads(done.stdout)
    return found


def check_mutants(run: Run, kinds: list[str], rounds: int, figure: Figure) -> None:
    for kind, found in tried(run, kinds, rounds).items():
        assert found["refused"] + found["accepted"] == rounds
        assert found["seconds"] < TOO_LONG
        assert found["bytes"] < TOO_MUCH
        figure(
            f"row 12: {rounds:,} mutants of {Path(kind).name}: {found['refused']:,} refused in one "
            f"line, the others read; at most {found['seconds']:.2f} s and "
            f"{found['bytes'] / (1 << 20):.0f} MB more"
        )


@pytest.mark.rounds(short=100, long=100_000)
def test_every_mutant_of_a_checkpoint_is_read_or_refused_in_one_line(
    run: Run, rounds: int, figure: Figure
) -> None:
    check_mutants(run, [CHECKPOINT], rounds, figure)


@pytest.mark.rounds(short=60, long=20_000)
def test_every_mutant_of_the_other_files_is_read_or_refused_in_one_line(
    run: Run, rounds: int, figure: Figure
) -> None:
    check_mutants(run, [kind for kind in READERS if kind != CHECKPOINT], rounds, figure)


@pytest.mark.rounds(short=60, long=1_000_000)
def test_every_truncation_of_a_checkpoints_header_is_refused(
    run: Run, tmp_path: Path, rounds: int, figure: Figure
) -> None:
    data = last(run).read_bytes()
    end = len(data) - len(parts(data)[1])
    path = tmp_path / "cut.safetensors"
    lengths = range(0, end + 1, max(1, end // rounds))
    for length in lengths:
        path.write_bytes(data[:length])
        with pytest.raises(CheckpointError, match="is no whole safetensors file"):
            load_checkpoint(path)
    figure(f"row 12: {len(lengths):,} truncations of a header of {end:,} bytes refused")


@pytest.mark.rounds(short=2, long=40)
def test_the_program_says_one_line_of_a_mutant_and_stays_small(
    run: Run, store: Store, rounds: int, figure: Figure
) -> None:
    program = Program(store.folder.parent)
    chance, largest, said = random.Random(13), 0, 0
    original = last(run).read_bytes()
    argv = program.argv("generate", run.id, "--checkpoint", "last", "--length", 3)
    for mutant in mutants(original, CHECKPOINT, rounds, chance):
        last(run).write_bytes(mutant)
        process = subprocess.Popen(
            argv, env=program.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        _, complaint = process.communicate()
        largest = max(largest, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
        assert process.returncode in (0, 1)
        assert complaint.count(b"\n") == process.returncode
        assert b"Traceback" not in complaint
        said += process.returncode
    figure(
        f"row 12: of {rounds} mutants given to the program {said} were one line of error; "
        f"{largest / (1 << 20):.0f} MB at most for all children"
    )

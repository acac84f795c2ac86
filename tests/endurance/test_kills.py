"""Row 1: a kill loses at most the work since the last checkpoint, and costs no correctness."""

import itertools
import random
from pathlib import Path

import pytest

from gru_tui.runs.store import Store
from tests.endurance.conftest import Figure
from tests.runs.making import new_run
from tests.whole.killing import CELLS, PLAN, STEPS, Whom, finish, killed, undisturbed_in

WHOM: tuple[Whom, ...] = ("trainer", "worker", "group")
ROUNDS = 200
MOST_KILLS = 3  # in one run


@pytest.mark.endurance
@pytest.mark.timeout(0)
def test_runs_killed_at_random_moments_end_with_the_bits_of_undisturbed_ones(
    tmp_path: Path, rounds: int | None, figure: Figure
) -> None:
    """The short version is in tests/whole/test_resume.py, where it is also made to fail."""
    wanted, kills, runs = rounds or ROUNDS, 0, 0
    undisturbed = undisturbed_in(tmp_path / "undisturbed")
    kinds = itertools.cycle(itertools.product(CELLS, (1, 2), (1, 2), WHOM))
    for cell, layers, count, whom in kinds:
        if whom == "worker" and count == 1:
            continue
        chance = random.Random(f"{cell} {layers} {count} {whom} {runs}")
        store = Store(tmp_path / str(runs))
        run = new_run(store, **{**PLAN, "layers": layers}, cell=cell, processes=count)
        moments = sorted(chance.sample(range(STEPS), chance.randint(1, MOST_KILLS)))
        for moment in moments:
            killed(run, whom, moment, chance)
        what = f"{cell}, {layers} layers, {count} processes, {whom} killed at {moments}"
        assert finish(run) == undisturbed(cell, layers, count), what
        kills, runs = kills + len(moments), runs + 1
        if kills >= wanted:
            break
    figure(f"row 1: {kills} kills in {runs} runs, {runs} of {runs} ended with the same sha256")

"""Resuming continues bit for bit: real processes are killed, stopped and steered, and compared."""

import random
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
from threadpoolctl import threadpool_limits

import corpora
from engine.checkpoint import FIRST, SECOND, STATE, load_checkpoint, save_checkpoint
from engine.events import Step
from engine.saving import Snapshot
from engine.trainer import Trainer
from gru_tui.runs import launch
from gru_tui.runs.command import send
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from gru_tui.runs.summary import Summary
from tests.runs.living import at_step, live
from tests.runs.making import TEXT, digest, kill, last, new_run, settings, until
from tests.whole.killing import (
    CELLS,
    PLAN,
    STEPS,
    End,
    Fields,
    Whom,
    finish,
    killed,
    reach,
    undisturbed_in,
)

SHORT = {**PLAN, "steps": 130, "sample_every": 1000, "cell": "cifg"}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, int, int], End]:
    """What a run of that cell, with so many layers in so many processes, ends with in peace."""
    return undisturbed_in(tmp_path_factory.mktemp("undisturbed"))


@pytest.mark.parametrize(
    ("cell", "count", "whom"),
    [
        ("gru", 1, "trainer"),
        ("cifg", 1, "group"),
        ("lstm", 1, "trainer"),
        ("gru", 2, "worker"),
        ("cifg", 2, "group"),
        ("lstm", 2, "trainer"),
    ],
)
def test_a_run_killed_at_random_moments_ends_with_the_bits_of_an_undisturbed_one(
    store: Store,
    undisturbed: Callable[[str, int, int], End],
    cell: str,
    count: int,
    whom: Whom,
) -> None:
    run = new_run(store, **PLAN, cell=cell, processes=count)
    chance = random.Random(f"{cell} {count}")
    for moment in (0, chance.randrange(STEPS // 2)):  # at first there is no checkpoint yet
        killed(run, whom, moment, chance)
    assert finish(run) == undisturbed(cell, 2, count), f"killed at {moment}"


@pytest.mark.parametrize("cell", CELLS)
def test_a_stopped_and_resumed_run_ends_with_the_bits_of_an_undisturbed_one(
    store: Store, undisturbed: Callable[[str, int, int], End], cell: str
) -> None:
    run = new_run(store, **PLAN, cell=cell)
    launch.resume(run)
    reach(run, 70)
    send(run, "stop")
    until(lambda: not run.is_alive(), "the stop")
    assert run.state() == "stopped"
    assert finish(run) == undisturbed(cell, 2, 1)


def test_a_change_made_at_a_step_has_the_same_bits_whatever_happens_around_it(
    store: Store,
) -> None:
    change: Fields = {"learning_rate": 0.002, "weight_decay": 0.0, "sequence_length": 12}
    run = new_run(store, **PLAN, processes=2)
    launch.resume(run)
    reach(run, 70)
    send(run, "pause")
    until(lambda: run.state() == "paused", "the pause")
    step = Summary(run).step
    known = last(run).stat().st_mtime_ns
    send(run, "set", changes=change, when="now")
    until(lambda: last(run).stat().st_mtime_ns != known, "the checkpoint that knows of the change")
    kill(run)
    assert finish(run)[0] == in_one_go(store.folder.parent / "one", step, change, count=2)


def in_one_go(folder: Path, step: int, change: Fields, count: int) -> str:
    """What a trainer in this process ends with that is told of the change at that step."""
    folder.mkdir()
    with (
        threadpool_limits(1, user_api="blas"),
        Trainer(
            corpora.from_text(TEXT), settings(**PLAN), processes=count, folder=folder
        ) as trainer,
    ):
        for event in trainer:
            if isinstance(event, Step) and event.step == step:
                trainer.change(change)
    return digest(folder / "last.safetensors")


# --- that the comparison can fail ---

Damage = Callable[[Fields, Fields], None]


def zeroed(name: str) -> Damage:
    def damage(tensors: Fields, progress: Fields) -> None:
        assert np.any(tensors[name])
        tensors[name] = np.zeros_like(tensors[name])

    return damage


def moved(name: str, by: int) -> Damage:
    def damage(tensors: Fields, progress: Fields) -> None:
        progress[name] += by

    return damage


DAMAGES: dict[str, Damage] = {
    "hidden state": zeroed(STATE + "hidden"),
    "cell state": zeroed(STATE + "cell"),
    "first moments": zeroed(FIRST + "head.bias"),
    "second moments": zeroed(SECOND + "rnn.weight_hh_l1"),
    "step": moved("step", 1),
    "place in the text": moved("character", 16),
    "offset of the epoch": lambda _, progress: progress.update(offset=int(not progress["offset"])),
    "epoch": moved("epoch_index", 1),
}


def end_after(run: Run, damage: Damage) -> str:
    """Stop a run within an epoch, do something to its checkpoint, and let it go on to its end."""
    assert live(run, at_step(70, lambda: send(run, "stop"))) == 0
    snapshot = Snapshot.from_checkpoint(load_checkpoint(last(run)))
    progress = dict(snapshot.metadata.progress)
    tensors = dict(snapshot.tensors)
    damage(tensors, progress)
    metadata = msgspec.structs.replace(snapshot.metadata, progress=progress)
    save_checkpoint(last(run), tensors, metadata)
    assert live(run) == 0
    assert Summary(run).state == "finished"
    return digest(last(run))


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The end of a run whose checkpoint was read and written back as it was."""
    run = new_run(Store(tmp_path_factory.mktemp("untouched")), **SHORT)
    return end_after(run, lambda tensors, progress: None)


def test_a_checkpoint_written_back_as_it_was_changes_nothing(store: Store, untouched: str) -> None:
    run = new_run(store, **SHORT)
    assert live(run) == 0
    assert digest(last(run)) == untouched


@pytest.mark.parametrize("name", DAMAGES)
def test_a_checkpoint_that_lacks_a_part_of_the_state_ends_elsewhere(
    store: Store, untouched: str, name: str
) -> None:
    assert end_after(new_run(store, **SHORT), DAMAGES[name]) != untouched

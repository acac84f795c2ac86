"""Who shares the cores: runs that train, not those that only live."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from engine.events import State, encode
from gru_tui.runs import company, lock
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from tests.runs.making import new_run


@pytest.fixture
def alive() -> Iterator[ExitStack]:
    with ExitStack() as locks:
        yield locks


def other(store: Store, name: str, *states: str) -> Run:
    run = new_run(store)
    run.rename(name)
    run.events.write_bytes(b"".join(encode(State(state=state, step=3)) for state in states))
    return run


@pytest.mark.parametrize("states", [(), ("starting",), ("running",), ("paused", "running")])
def test_a_run_that_trains_is_named(
    store: Store, alive: ExitStack, states: tuple[str, ...]
) -> None:
    alive.enter_context(lock.take(other(store, "pale-heron", *states).path))
    assert company.words(store, new_run(store)).startswith("pale-heron trains too: ")


@pytest.mark.parametrize("state", ["paused", "finished"])
def test_a_run_that_lives_without_training_is_not(
    store: Store, alive: ExitStack, state: str
) -> None:
    alive.enter_context(lock.take(other(store, "pale-heron", "running", state).path))
    assert company.words(store, new_run(store)) == ""


def test_neither_is_one_whose_trainer_is_gone_nor_the_run_itself(
    store: Store, alive: ExitStack
) -> None:
    other(store, "slow-otter", "running")
    run = other(store, "amber-fox", "running")
    alive.enter_context(lock.take(run.path))
    assert company.words(store, run) == ""


@pytest.mark.parametrize(
    ("count", "named"), [(2, "a, b"), (3, "a, b, c"), (4, "a, b, c and others")]
)
def test_of_several_the_first_three_are_named(
    store: Store, alive: ExitStack, count: int, named: str
) -> None:
    for name in "abcd"[:count]:
        alive.enter_context(lock.take(other(store, name, "running").path))
    assert company.words(store, new_run(store)).startswith(f"{named} train too: ")

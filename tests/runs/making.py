"""Small runs on disk, and what their directories say about them."""

import contextlib
import hashlib
import os
import resource
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import corpora
from engine.checkpoint import load_checkpoint
from engine.events import Answer, AnyEvent, State, Step
from engine.hyperparameters import Hyperparameters
from gru_tui.runs.follower import Follower
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store

# No place in it is like another, so that to resume at the wrong one shows.
TEXT = "".join(f"{n} quick foxes jump over {n * 7 % 31} lazy dogs.\n" for n in range(100, 200))
SMALL: dict[str, Any] = {
    "layers": 1,
    "hidden_size": 16,
    "batch_size": 4,
    "sequence_length": 16,
    "processes": 1,
    "blas_threads": 1,
}

E = TypeVar("E")


def step(number: int, loss: float = 1.0) -> Step:
    """A step whose figures do not matter, but for its loss."""
    return Step(
        step=number,
        loss=loss,
        perplexity=None,
        learning_rate=0.01,
        gradient_norm=1.0,
        characters_per_second=1.0,
    )


def settings(**changes: Any) -> Hyperparameters:
    """Hyperparameters of a small model."""
    return Hyperparameters.from_mapping({**SMALL, **changes})


def new_run(store: Store, text: str = TEXT, **changes: Any) -> Run:
    """A run that has not begun."""
    return store.create(corpora.from_text(text, name="fox"), settings(**changes))


def events(run: Run) -> list[AnyEvent]:
    """All that has happened so far."""
    follower, found = Follower(run.events), []
    while more := follower.poll():
        found += more
    return found


def of(kind: type[E], found: list[AnyEvent]) -> list[E]:
    """The events of one kind."""
    return [event for event in found if isinstance(event, kind)]


def states(run: Run) -> list[str]:
    """Every state that was told, in order."""
    return [event.state for event in of(State, events(run))]


def answers(run: Run) -> dict[str, Answer]:
    """The answers by their command; fails where one has two."""
    found = of(Answer, events(run))
    assert set(Counter(event.command for event in found).values()) <= {1}
    return {event.command: event for event in found}


def until(condition: Callable[[], E], what: str, seconds: float = 30) -> E:
    """What `condition` returns as soon as that is true; fails after a while."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not within {seconds:g} seconds: {what}"
        time.sleep(0.005)
    return found


def processes(run: Run) -> list[int]:
    """The processes that train a run, its trainer first."""
    listed = subprocess.run(
        ["ps", "-axww", "-o", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True
    )
    parents = {}
    for line in listed.stdout.splitlines():
        number, parent, state, command = line.split(maxsplit=3)
        if f"gru_tui.runs.process {run.path} " in f"{command} " and not state.startswith("Z"):
            parents[int(number)] = int(parent)
    return sorted(parents, key=lambda number: parents[number] in parents)


def kill(run: Run, known: list[int] | None = None) -> None:
    """kill -9 on the trainer alone, the first of `known`; returns when its workers are gone too."""
    trainer = (processes(run) if known is None else known)[:1]
    for number in trainer:
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    until(lambda: not processes(run) and not run.is_alive(), "the trainer and its workers gone")


def digest(checkpoint: Path) -> str:
    """One sha256 over all parameters, Adam's moments, the carried state and the counters."""
    loaded = load_checkpoint(checkpoint)
    total = hashlib.sha256()
    # Save time, which differs from run to run, all that is continued with.
    progress = {
        name: value for name, value in loaded.metadata.progress.items() if name != "seconds"
    }
    total.update(repr(sorted(progress.items())).encode())
    for tensors in (
        loaded.model.parameters,
        loaded.first_moments,
        loaded.second_moments,
        loaded.state,
    ):
        assert tensors
        for name, array in sorted(tensors.items()):
            total.update(name.encode() + array.tobytes())
    return total.hexdigest()


def last(run: Run) -> Path:
    """Its newest checkpoint."""
    return run.checkpoints / "last.safetensors"


def best(run: Run) -> Path:
    """The checkpoint with the lowest validation loss."""
    return run.checkpoints / "best.safetensors"


@contextlib.contextmanager
def full_disk(size: int) -> Iterator[None]:
    """In here, no file of this process grows beyond `size` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

"""Real runs for the app's tests: trained for a few steps, written by the program's own formats."""

import time
from pathlib import Path

import corpora
from engine import Hyperparameters, Trainer
from engine.events import Event, State, encode
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store

RIVER = "the quiet river runs beneath the hill, and every leaf is still.\n" * 30
SMALL = {"layers": 1, "hidden_size": 16, "batch_size": 4, "sequence_length": 16, "steps": 5}


def new_run(store: Store, text: str = RIVER, **settings: object) -> Run:
    """A run that has not begun: no event, no checkpoint."""
    corpus = corpora.from_text(text, name="rivers")
    return store.create(corpus, Hyperparameters.from_mapping({**SMALL, **settings}))


def trained_run(
    store: Store,
    text: str = RIVER,
    *,
    state: str = "finished",
    reason: str = "",
    **settings: object,
) -> Run:
    """A run that has trained its few steps and then came into that state."""
    run = new_run(store, text, **settings)
    train_on(run, text)
    write(run.path, State(time=time.time(), step=5, state=state, reason=reason))
    return run


def train_on(run: Run, text: str = RIVER, **settings: object) -> None:
    """Train in this process; events and checkpoints go where the trainer's process puts them."""
    corpus = corpora.from_text(text, name="rivers")
    hyperparameters = Hyperparameters.from_mapping({**SMALL, **settings})
    with Trainer(corpus, hyperparameters, folder=run.path / "checkpoints") as trainer:
        for event in trainer:
            event.time = event.time or time.time()
            write(run.path, event)


def write(folder: Path, event: Event) -> None:
    """One more line of events.jsonl."""
    with (folder / "events.jsonl").open("ab") as file:
        file.write(encode(event))

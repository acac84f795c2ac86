"""A run whose every figure is made up: it looks the same on every machine and on every day."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import corpora
from engine import Hyperparameters
from engine.checkpoint import Metadata, save_checkpoint
from engine.events import (
    FORMAT,
    Event,
    HyperparametersChanged,
    RunStarted,
    Sample,
    State,
    Step,
    Validation,
)
from engine.model import Architecture
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from tests.app.runs_on_disk import RIVER, write

BEGAN = 1_795_000_000.0
STEPS, STEPS_OF_AN_EPOCH = 480, 96
SETTINGS = Hyperparameters.from_mapping({"epochs": 5, "processes": 1, "blas_threads": 1})
SAMPLES = {
    0: "qPon bithf,t fint;the soy\nwXkthe",
    200: "The quite liver runs beneeth the hell,\nand every leaf",
    470: "the quiet river runs beneath the hill, and every leaf is still.\nthe quiet river",
}


def made_up_run(store: Store) -> Run:
    """A finished run called amber-fox."""
    corpus = corpora.from_text(RIVER, name="rivers")
    created = store.create(corpus, SETTINGS, name="amber-fox", note="made up, to be looked at")
    path = created.path.with_name("261124-210512")
    config = (created.path / "run.json").read_text()
    (created.path / "run.json").write_text(
        config.replace(created.id, path.name)
        .replace(str(created.config.created), str(BEGAN))
        .replace('"source": ""', '"source": "rivers"')
    )
    run = Run(created.path.rename(path))
    for event in _events():
        event.time = BEGAN + event.seconds
        write(run.path, event)
    _keep(run.checkpoints / "last.safetensors", corpus)
    return run


def _at(step: int) -> dict[str, Any]:
    return {"step": step, "epoch": step / STEPS_OF_AN_EPOCH, "seconds": step / 10}


def _loss(step: int) -> float:
    return 0.9 + 3.2 * math.exp(-step / 70) + 0.03 * math.sin(step * 1.7)


def _events() -> Iterator[Event]:
    yield RunStarted(run="261124-210512", name="amber-fox", corpus="rivers")
    yield State(state="running")
    for step in range(0, STEPS + 1, 2):
        if step:
            yield _step(step)
        if step == 2 * STEPS_OF_AN_EPOCH:
            changed = {"learning_rate": [0.006, 0.003]}
            yield HyperparametersChanged(**_at(step), changed=changed, by="ada")
        if step and step % (STEPS_OF_AN_EPOCH // 2) == 0:
            loss = _loss(step) + 0.15
            yield Validation(
                **_at(step),
                loss=loss,
                perplexity=math.exp(loss),
                bits_per_character=loss / math.log(2),
                best=True,
            )
        if step in SAMPLES:
            yield Sample(**_at(step), text=SAMPLES[step], temperature=0.8)
    yield State(state="finished", **_at(STEPS))


def _step(step: int) -> Step:
    loss = _loss(step)
    return Step(
        **_at(step),
        loss=loss,
        perplexity=math.exp(loss),
        learning_rate=0.006,
        gradient_norm=0.5,
        characters_per_second=41_300.0,
        count=2,
    )


def _keep(path: Path, corpus: corpora.Corpus) -> None:
    """A checkpoint with a header to look at and no tensors to write with."""
    metadata = Metadata(
        format=FORMAT,
        architecture=Architecture.of(SETTINGS, len(corpus.vocabulary)),
        vocabulary=list(corpus.vocabulary.characters),
        unknown_id=None,
        hyperparameters=SETTINGS.to_mapping(),
        step=STEPS,
        epoch=5.0,
        loss=0.9,
        validation_loss=1.05,
        corpus={},
        random_state={},
        progress={},
    )
    save_checkpoint(path, {}, metadata)

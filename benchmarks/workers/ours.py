"""This project's engine: its training steps, its writing, its evaluation."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from corpora import Vocabulary, from_text
from engine import Hyperparameters, Model, Trainer, choose_processes, evaluate, generate
from engine.benchmark import CHARACTERS, gemm_gflops, measure
from engine.model import Architecture, initialise, zeros_like_parameters
from engine.sampling import generate_samples
from workers.service import Message, Perform, repeated

TEXT_LENGTH = 1_115_394  # characters: tiny Shakespeare's, of which a tenth is validated
GEMM_SECONDS = 0.75
STREAMS = 32
SEED_TEXT = "A"
PIECE = 200  # characters drawn between two looks at the clock
LENGTH = 1_000  # of each text that is written beside others
WITHOUT_EXTRAS = {"weight_decay": 0.0, "dropout": 0.0, "gradient_clip": 1.0}


def settings_of(spec: Message) -> Hyperparameters:
    """The hyperparameters that the specification names, without what the others do not do."""
    return Hyperparameters.from_mapping(WITHOUT_EXTRAS | spec["hyperparameters"])


def prepare(spec: Message) -> tuple[Perform, Message]:
    """spec["task"]: one of `tasks` below."""
    settings = settings_of(spec)
    tasks: dict[str, Callable[[Hyperparameters], Perform]] = {
        "train": training,
        "write": writing,
        "write_many": writing_many,
        "evaluate": evaluating,
        "validate": validating,
    }
    count = Architecture.of(settings, CHARACTERS).parameter_count
    return tasks[spec["task"]](settings), {"parameters": count}


def training(settings: Hyperparameters) -> Perform:
    """Bare training steps, as `gru-tui benchmark` measures them, beside the sgemm limit."""

    def perform(question: Message) -> Message:
        gemm = gemm_gflops(GEMM_SECONDS) if question.get("gemm") else 0.0
        row = measure(settings, question["seconds"], gemm)
        return {
            "characters_per_second": row.characters_per_second,
            "gflops": row.gflops,
            "gemm_gflops": gemm,
            "split": [row.processes, row.blas_threads],
        }

    return perform


def writing(settings: Hyperparameters) -> Perform:
    """One stream of generated text, BLAS at one thread; loading the model does not count."""
    model = _model(settings)

    def perform(question: Message) -> Message:
        with threadpool_limits(1, user_api="blas"):
            text = generate(model, SEED_TEXT, length=10**9, temperature=0.8, random_seed=1)

            def piece() -> None:
                for _ in range(PIECE):
                    next(text)

            return {"characters_per_second": PIECE * repeated(piece, question["seconds"])}

    return perform


def writing_many(settings: Hyperparameters) -> Perform:
    """STREAMS texts side by side, all their characters together, as `gru-tui generate` does it."""
    model = _model(settings)

    def perform(question: Message) -> Message:
        def texts() -> None:
            generate_samples(
                model,
                SEED_TEXT,
                samples=STREAMS,
                length=LENGTH,
                temperature=0.8,
                random_seed=1,
                processes=0,
            )

        with threadpool_limits(1, user_api="blas"):
            times = repeated(texts, question["seconds"])
        return {"characters_per_second": STREAMS * LENGTH * times}

    return perform


def evaluating(settings: Hyperparameters) -> Perform:
    """`engine.evaluate`, which `gru-tui evaluate` uses, over a validation part."""
    model = _model(settings)
    ids = _ids()[-TEXT_LENGTH // 10 :]
    processes = choose_processes(settings)

    def perform(question: Message) -> Message:
        seconds = question["seconds"]
        return _timed(lambda: evaluate(model, ids, processes=processes), len(ids), seconds)

    return perform


def validating(settings: Hyperparameters) -> Perform:
    """The validation of a trainer in the middle of a run, by all of its processes."""
    corpus = from_text("".join(_vocabulary().characters[one] for one in _ids()))
    trainer = Trainer(corpus, settings, processes=choose_processes(settings))
    characters = TEXT_LENGTH // 10

    def perform(question: Message) -> Message:
        return _timed(trainer.validate, characters, question["seconds"])

    return perform


def _timed(work: Callable[[], Any], characters: int, seconds: float) -> Message:
    """Once to warm up, then as often as fits."""
    work()
    times, begun = 0, time.perf_counter()
    while not times or time.perf_counter() - begun < seconds:
        work()
        times += 1
    return {"characters_per_second": times * characters / (time.perf_counter() - begun)}


def _model(settings: Hyperparameters) -> Model:
    architecture = Architecture.of(settings, CHARACTERS)
    parameters = zeros_like_parameters(architecture, np.float32)
    initialise(parameters, architecture, settings.initialisation, np.random.default_rng(0))
    return Model(architecture, _vocabulary(), parameters)


def _vocabulary() -> Vocabulary:
    return Vocabulary(tuple(chr(ord("A") + place) for place in range(CHARACTERS)))


def _ids() -> np.ndarray[Any, np.dtype[np.uint8]]:
    return np.random.default_rng(0).integers(0, CHARACTERS, TEXT_LENGTH, np.uint8)

"""Reading a text as every command does, and training on it: one process, so that its peak
memory is that work's alone.
"""

import os
import time
from itertools import islice

import memory

import corpora
from corpora import Corpus
from engine import Hyperparameters, Trainer
from engine.events import Step
from workers.service import Message, Perform

SETTINGS = {"layers": 1, "hidden_size": 64, "batch_size": 32, "sequence_length": 64}


def prepare(spec: Message) -> tuple[Perform, Message]:
    """spec["path"]: the text; spec["cache"]: the folder that takes the place of the user's."""
    os.environ["GRU_TUI_CACHE"] = spec["cache"]
    before = memory.peak_of_this_process()

    def perform(question: Message) -> Message:
        begun = time.perf_counter()
        corpus = corpora.load(spec["path"])
        seconds = time.perf_counter() - begun
        if question["steps"]:
            train(corpus, question["steps"])
        return {
            "seconds": seconds,
            "characters": len(corpus),
            "vocabulary": len(corpus.vocabulary),
            "sha256": corpus.sha256,
            "before_mb": before,
            "peak_memory_mb": memory.peak_of_this_process(),
        }

    return perform, {}


def train(corpus: Corpus, steps: int) -> None:
    """So many steps of a small model, in this process."""
    settings = Hyperparameters.from_mapping({**SETTINGS, "steps": steps, "epochs": 0})
    with Trainer(corpus, settings, processes=1) as trainer:
        trained = (event for event in trainer if isinstance(event, Step))
        for _ in islice(trained, steps):
            pass

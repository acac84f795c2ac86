"""A PyTorch LSTM trained on a text for so many seconds, then measured in one single pass.

The recipe is ours: AdamW (0.9, 0.99; decay of the weights alone), clipping at the global norm
1, a linear warm-up, then a cosine down to 0 at the end of the time; the state is carried
along equal streams, and every epoch begins at a random offset with nothing remembered.
"""

import math
import time
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from workers.modules import CharacterModel, State, detached
from workers.service import Message, Perform

WARM_UP = 100  # steps
CHUNK = 1024  # characters of the single pass at once


def prepare(spec: Message) -> tuple[Perform, Message]:
    """spec: ids (a .npz file with train and validation), characters, layers, hidden_size,
    threads, random_seed, and `started`, when the process was called for (time.monotonic).
    """
    torch.manual_seed(spec["random_seed"])
    torch.set_num_threads(spec["threads"])
    with np.load(spec["ids"]) as file:
        train, validation = (torch.from_numpy(file[name]) for name in ("train", "validation"))
    model = CharacterModel("lstm", spec["layers"], spec["hidden_size"], 0, spec["characters"])

    def perform(question: Message) -> Message:
        training = Training(model, train, question, spec["started"])
        training.run()
        characters = training.steps * question["batch_size"] * question["sequence_length"]
        return {
            "loss": single_pass(model, validation),
            "seconds": training.seconds,
            "steps": training.steps,
            "epochs": characters / len(train),
            "training_loss": training.loss,
            "characters_per_second": characters / training.seconds,
        }

    return perform, {"parameters": model.parameter_count}


class Training:
    """One run. `settings`: seconds, batch_size, sequence_length, learning_rate, weight_decay."""

    def __init__(self, model: CharacterModel, ids: Any, settings: Message, started: float) -> None:
        self.model, self.ids, self.settings = model, ids, settings
        self.started = started
        self.steps = 0
        self.loss = math.nan
        named = list(model.named_parameters())
        weights = [one for name, one in named if "weight" in name]
        biases = [one for name, one in named if "weight" not in name]
        groups = [
            {"params": weights, "weight_decay": settings["weight_decay"]},
            {"params": biases, "weight_decay": 0.0},
        ]
        self.optimiser = torch.optim.AdamW(groups, betas=(0.9, 0.99), fused=True)

    @property
    def seconds(self) -> float:
        """Since the process was called for: importing PyTorch counts, as a user waits for it."""
        return time.monotonic() - self.started

    def run(self) -> None:
        """Epoch after epoch until the time is over."""
        B, T = self.settings["batch_size"], self.settings["sequence_length"]
        while self.seconds < self.settings["seconds"]:
            offset = int(torch.randint(T, ()))
            length = (len(self.ids) - 1 - offset) // B
            inputs, targets = (
                self.ids[start : start + B * length].view(B, length).t().long()
                for start in (offset, offset + 1)
            )  # (length, B)
            state: State = None
            for begin in range(0, length - T + 1, T):
                if self.seconds >= self.settings["seconds"]:
                    return
                part = slice(begin, begin + T)
                state = self._step(inputs[part], targets[part], state)

    def _step(self, inputs: Any, targets: Any, state: State) -> State:
        for group in self.optimiser.param_groups:
            group["lr"] = self._learning_rate()
        logits, state = self.model(inputs, state)
        loss = functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
        self.optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimiser.step()
        self.steps += 1
        self.loss = loss.item()
        return detached(state)

    def _learning_rate(self) -> float:
        done = min(1.0, self.seconds / self.settings["seconds"])
        rise = min(1.0, (self.steps + 1) / WARM_UP)
        full: float = self.settings["learning_rate"]
        return full * rise * (1 + math.cos(math.pi * done)) / 2


def single_pass(model: CharacterModel, ids: Any) -> float:
    """Mean cross entropy of predicting ids[1:], one stream from the first to the last."""
    model.eval()
    total, state = 0.0, None
    ids = ids.long()[:, None]  # (n, 1)
    with torch.no_grad():
        for begin in range(0, len(ids) - 1, CHUNK):
            inputs = ids[:-1][begin : begin + CHUNK]
            targets = ids[1:][begin : begin + CHUNK]
            logits, state = model(inputs, state)
            loss = functional.cross_entropy(logits[:, 0], targets[:, 0], reduction="sum")
            total += loss.item()
    return total / (len(ids) - 1)

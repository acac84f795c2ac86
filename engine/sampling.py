"""Generating text: temperature, top-k, top-p, one character at a time."""

import math
from collections.abc import Iterator

import numpy as np

from engine.activations import softmax
from engine.arrays import Floats
from engine.errors import UsageError
from engine.exchange import Exchange
from engine.model import Model
from engine.network import Network

HOTTEST = 100.0
QUIET_START = ("\n", " ")  # what an empty seed text is taken to follow, if the vocabulary has it


class Choice:
    """How the next character is drawn from the logits.

    temperature 0 always takes the likeliest; top_k 0 and top_p 1 leave all characters in.
    top_p is nucleus sampling (Holtzman et al. 2020, section 3.1).
    Raises UsageError, naming the setting that is out of bounds.
    """

    def __init__(self, temperature: float = 1.0, top_k: int = 0, top_p: float = 1.0) -> None:
        if not (math.isfinite(temperature) and 0 <= temperature <= HOTTEST):
            raise UsageError(
                f"temperature is {temperature}, but it must be a number between 0 and {HOTTEST:g}"
            )
        if top_k < 0:
            raise UsageError(f"top_k is {top_k}, but it must be 0 (all characters) or more")
        if not 0 < top_p <= 1:
            raise UsageError(f"top_p is {top_p}, but it must be above 0 and at most 1")
        self.temperature, self.top_k, self.top_p = temperature, top_k, top_p

    def probabilities(self, logits: Floats) -> Floats:
        """The probabilities (V,) that remain of logits (V,), in float64."""
        scores: Floats = logits.astype(np.float64)
        scores -= scores.max()
        if self.temperature == 0:
            certain: Floats = np.zeros_like(scores)
            certain[np.argmax(scores)] = 1
            return certain
        scores /= max(self.temperature, 1e-6)
        np.maximum(scores, -700, out=scores)
        if 0 < self.top_k < len(scores):
            scores[np.argsort(-scores, kind="stable")[self.top_k :]] = -np.inf
        probabilities = softmax(scores)
        if self.top_p < 1:
            order = np.argsort(-probabilities, kind="stable")
            before = np.cumsum(probabilities[order]) - probabilities[order]
            probabilities[order[before >= self.top_p]] = 0
            probabilities /= probabilities.sum()
        return probabilities

    def draw(self, logits: Floats, rng: np.random.Generator) -> int:
        """The id of the next character."""
        cumulative = np.cumsum(self.probabilities(logits))
        drawn = np.searchsorted(cumulative, rng.random() * cumulative[-1], side="right")
        return int(min(drawn, len(cumulative) - 1))


class Writer:
    """A model's network for one stream, fed a character at a time."""

    def __init__(self, model: Model) -> None:
        dtype = next(iter(model.parameters.values())).dtype
        exchange = Exchange(model.architecture, 1, 1, dtype=dtype, training=False)
        self._model = model
        self._network = Network(model.parameters, exchange)

    def write(
        self, seed_text: str, length: int, choice: Choice, rng: np.random.Generator
    ) -> Iterator[str]:
        """Yield `length` characters that follow `seed_text`, with the parameters as they are now.

        Raises UsageError at once when the seed text has characters that the vocabulary lacks.
        """
        missing = self._model.vocabulary.missing(seed_text)
        if missing:
            names = ", ".join(repr(character) for character in missing[:8])
            raise UsageError(
                f"the seed text has {len(missing)} character(s) that this model never saw: "
                f"{names}; leave them out"
            )
        return self._written(seed_text, length, choice, rng)

    def _written(
        self, seed_text: str, length: int, choice: Choice, rng: np.random.Generator
    ) -> Iterator[str]:
        vocabulary, network = self._model.vocabulary, self._network
        ids = vocabulary.encode(seed_text or self._quiet_start())
        network.refresh()
        network.exchange.state[:] = 0
        network.exchange.cell_state[:] = 0
        for identifier in ids:
            logits = network.step(identifier)
        for _ in range(length):
            drawn = choice.draw(logits[0], rng)
            yield vocabulary.characters[drawn]
            logits = network.step(np.asarray(drawn))

    def _quiet_start(self) -> str:
        characters = self._model.vocabulary.characters
        return next((start for start in QUIET_START if start in characters), characters[0])


def generate(
    model: Model,
    seed_text: str = "",
    *,
    length: int = 200,
    temperature: float = 1.0,
    top_k: int = 0,
    top_p: float = 1.0,
    random_seed: int | None = None,
) -> Iterator[str]:
    """Yield `length` characters one at a time; the same random seed gives the same text.

    Raises UsageError, at once, for settings out of bounds and for seed text with characters
    that the model never saw.
    """
    if length < 0:
        raise UsageError(f"length is {length}, but it must be 0 or more characters")
    choice = Choice(temperature, top_k, top_p)
    rng = np.random.default_rng(random_seed)
    return Writer(model).write(seed_text, length, choice, rng)

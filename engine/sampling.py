"""Generating text: temperature, top-k, top-p, a character at a time, in one stream or many."""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from engine.activations import exponentials
from engine.arrays import Floats, Ids
from engine.errors import UsageError
from engine.exchange import Exchange
from engine.machine import cores
from engine.memory import shared_zeros
from engine.model import Model
from engine.network import Network
from engine.shards import Shard, once, sharding_is_safe

HOTTEST, COLDEST = 100.0, 1e-6
TINY = np.finfo(np.float32).tiny  # an exponential variate may be 0, which has no logarithm
NOISE = 262_144  # random numbers at most that are drawn at once, where one time step needs fewer
MOST_SAMPLES = 65_536
MOST_AT_ONCE = 100_000_000  # characters of all samples, which wait in memory for the last one
# What another process is worth starting for: streams of its own, and characters of all together.
FEWEST_STREAMS, FEWEST_CHARACTERS = 8, 10_000
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
        """The probabilities (..., V) that remain of logits (..., V), in float64."""
        if self.temperature == 0:
            certain: Floats = np.zeros(logits.shape)
            likeliest = np.argmax(logits, axis=-1, keepdims=True)
            np.put_along_axis(certain, likeliest, 1.0, axis=-1)
            return certain
        weights = np.multiply(logits, 1 / max(self.temperature, COLDEST), dtype=np.float64)
        exponentials(weights, out=weights)
        if self.top_k or self.top_p < 1:
            self._thin(weights)
        weights /= weights.sum(axis=-1, keepdims=True)
        return weights

    def noise(self, rngs: Sequence[np.random.Generator], count: int, V: int) -> Floats:
        """What decides `count` draws of each stream: (count, B, V), in float32.

        A Gumbel variate, -log of an exponential one, for each character, times the temperature.
        """
        exponential = [rng.standard_exponential((count, V)) for rng in rngs]
        noise = np.stack(exponential, axis=1, dtype=np.float32)
        np.log(np.maximum(noise, TINY, out=noise), out=noise)
        noise *= np.float32(-self.temperature)
        return noise

    def draw(self, logits: Floats, noise: Floats) -> Ids:
        """The ids (B,) of the next characters from logits (B, V) and as much `noise`.

        The likeliest after noise, argmax(x + T g), is distributed as softmax(x / T): the
        Gumbel-max trick (Maddison, Tarlow and Minka 2014, section 2).
        """
        if self.top_k or self.top_p < 1:
            logits = np.where(self.probabilities(logits) > 0, logits, -np.inf)
        drawn: Ids = np.add(logits, noise).argmax(axis=-1)
        return drawn

    def _thin(self, probabilities: Floats) -> None:
        """Leave out what top_k and top_p leave out; of equals the first ones stay."""
        order = np.argsort(-probabilities, axis=-1, kind="stable")
        if self.top_k:
            np.put_along_axis(probabilities, order[..., self.top_k :], 0.0, axis=-1)
        ranked = np.take_along_axis(probabilities, order, axis=-1)
        before = np.cumsum(ranked, axis=-1) - ranked
        ranked[before >= self.top_p * ranked.sum(axis=-1, keepdims=True)] = 0
        np.put_along_axis(probabilities, order, ranked, axis=-1)


class Writer:
    """A model's network for some streams side by side, fed a character at a time."""

    def __init__(self, model: Model, streams: int = 1) -> None:
        dtype = next(iter(model.parameters.values())).dtype
        exchange = Exchange(model.architecture, 1, streams, dtype=dtype, training=False)
        self._model = model
        self._network = Network(model.parameters, exchange)

    def write(
        self, seed_text: str, length: int, choice: Choice, rngs: Sequence[np.random.Generator]
    ) -> Iterator[list[str]]:
        """Yield `length` times a character for each stream, with the parameters as they are now.

        All streams follow `seed_text`; each draws from its own generator. Raises UsageError at
        once when the seed text has characters that the vocabulary lacks.
        """
        characters = self._model.vocabulary.characters
        drawn = self.draw(seed_ids(self._model, seed_text), length, choice, rngs)
        return ([characters[identifier] for identifier in ids.tolist()] for ids in drawn)

    def draw(
        self, seed: Ids, length: int, choice: Choice, rngs: Sequence[np.random.Generator]
    ) -> Iterator[Ids]:
        """As `write`, but ids (B,) that follow ids."""
        network, V = self._network, len(self._model.vocabulary.characters)
        network.refresh()
        network.exchange.forget()
        for identifier in seed:
            logits = network.step(identifier)
        at_once = max(1, NOISE // (V * len(rngs)))
        for start in range(0, length, at_once):
            count = min(at_once, length - start)
            for noise in choice.noise(rngs, count, V):
                drawn = choice.draw(logits, noise)
                yield drawn
                logits = network.step(drawn)


def seed_ids(model: Model, seed_text: str) -> Ids:
    """The ids of a seed text, of what an empty one is taken to follow if it is.

    Raises UsageError for characters that the vocabulary lacks.
    """
    vocabulary = model.vocabulary
    seed_text = vocabulary.respelled(seed_text)
    missing = vocabulary.missing(seed_text)
    if missing:
        names = ", ".join(repr(character) for character in missing[:8])
        raise UsageError(
            f"the seed text has {len(missing)} character(s) that this model never saw: "
            f"{names}; leave them out"
        )
    quiet = (start for start in QUIET_START if start in vocabulary.characters)
    return vocabulary.encode(seed_text or next(quiet, vocabulary.characters[0]))


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
    choice = Choice(temperature, top_k, top_p)
    _check_counts(length, 1, random_seed)
    rng = np.random.default_rng(random_seed)
    return (character for (character,) in Writer(model).write(seed_text, length, choice, [rng]))


def generate_samples(
    model: Model,
    seed_text: str = "",
    *,
    samples: int,
    length: int = 200,
    temperature: float = 1.0,
    top_k: int = 0,
    top_p: float = 1.0,
    random_seed: int | None = None,
    processes: int = 1,
) -> list[str]:
    """As `generate`, but that many texts side by side, which is faster than one after another.

    The first is not the text that `generate` gives: each has a generator spawned from the
    random seed, so that a text does not depend on how many others there are. `processes` share
    the texts; 0 is as many as are worth it here. Raises UsageError as `generate` does, and for
    more characters than memory should hold, WorkerError when a process died.
    """
    choice = Choice(temperature, top_k, top_p)
    _check_counts(length, samples, random_seed)
    if processes < 0:
        raise UsageError(f"processes is {processes}, but it must be 0 (chosen) or more")
    if samples * length > MOST_AT_ONCE:
        raise UsageError(
            f"{samples:,} samples of {length:,} characters are more than the {MOST_AT_ONCE:,} that "
            "are written side by side; ask for fewer or for shorter ones"
        )
    seed = seed_ids(model, seed_text)
    rngs = np.random.default_rng(random_seed).spawn(samples)
    characters = model.vocabulary.characters
    texts = shared_zeros((length, samples), np.min_scalar_type(len(characters)))

    def work(shard: Shard) -> None:
        own = shard.own(samples)
        writer = Writer(model, own.stop - own.start)
        for ids, drawn in zip(
            texts[:, own], writer.draw(seed, length, choice, rngs[own]), strict=True
        ):
            ids[:] = drawn

    once(min(processes, samples) or _worth_starting(samples, length), work)
    return ["".join([characters[identifier] for identifier in ids.tolist()]) for ids in texts.T]


def _worth_starting(samples: int, length: int) -> int:
    """Processes that are quicker than one, for that many texts."""
    if samples * length < FEWEST_CHARACTERS or not sharding_is_safe():
        return 1
    return max(1, min(cores(), samples // FEWEST_STREAMS))


def _check_counts(length: int, samples: int, random_seed: int | None) -> None:
    if length < 0:
        raise UsageError(f"length is {length}, but it must be 0 or more characters")
    if not 1 <= samples <= MOST_SAMPLES:
        raise UsageError(f"samples is {samples}, but it must be between 1 and {MOST_SAMPLES:,}")
    if random_seed is not None and random_seed < 0:
        raise UsageError(f"random_seed is {random_seed}, but it must be 0 or more")

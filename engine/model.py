"""A model at rest: its architecture, its vocabulary and its parameters under torch's names."""

import math
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import DTypeLike

from corpora import Vocabulary
from engine.arrays import Floats, Parameters
from engine.cells import CELLS
from engine.hyperparameters import Hyperparameters
from engine.memory import shared_zeros

MOST_NGRAM_ROWS = 16_381  # of a table; prime, so that n-grams spread over all its rows
NGRAM_SPREAD = 0.3


class Architecture(msgspec.Struct, frozen=True, kw_only=True):
    """What cannot change in a run. An `embedding_size` of 0 means one-hot inputs, no embedding.

    The first layer reads the character, and behind it the embeddings of the n-grams of 2 to
    `ngram_order` characters that end there, each of `ngram_size` numbers (see `engine.ngrams`).
    `input_norm`: see `engine.normalisation`.
    """

    cell: str
    layers: int
    hidden_size: int
    embedding_size: int
    vocabulary_size: int
    ngram_order: int = 1
    ngram_size: int = 0
    input_norm: bool = False

    @classmethod
    def of(cls, hyperparameters: Hyperparameters, vocabulary_size: int) -> "Architecture":
        """The architecture that `hyperparameters` ask for over that many characters."""
        return cls(
            cell=hyperparameters.cell,
            layers=hyperparameters.layers,
            hidden_size=hyperparameters.hidden_size,
            embedding_size=hyperparameters.embedding_size,
            vocabulary_size=vocabulary_size,
            ngram_order=hyperparameters.ngram_order,
            ngram_size=hyperparameters.ngram_size,
            input_norm=hyperparameters.input_norm,
        )

    @property
    def character_size(self) -> int:
        """Length of the vector that stands for a character."""
        return self.embedding_size or self.vocabulary_size

    @property
    def input_size(self) -> int:
        """Length of the vector that the first layer reads."""
        return self.character_size + self.ngram_size * len(self.ngram_shapes())

    def ngram_shapes(self) -> dict[str, tuple[int, int]]:
        """The names and shapes (R, P) of the tables of n-grams, by their order.

        An n-gram that begins a text has no character in some places, which counts as one more.
        """
        V, P = self.vocabulary_size, self.ngram_size
        orders = range(2, self.ngram_order + 1) if P else ()
        # In floating point: a power of a large vocabulary needs no exact value.
        return {
            f"ngrams.weight_{n}": (int(min((V + 1.0) ** n, MOST_NGRAM_ROWS)), P) for n in orders
        }

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Every parameter's name and shape, as in torch's state dict."""
        H, V, G = self.hidden_size, self.vocabulary_size, len(CELLS[self.cell].gates)
        shapes: dict[str, tuple[int, ...]] = {}
        if self.embedding_size:
            shapes["embedding.weight"] = (V, self.embedding_size)
        shapes |= self.ngram_shapes()
        for layer in range(self.layers):
            shapes[f"rnn.weight_ih_l{layer}"] = (G * H, H if layer else self.input_size)
            shapes[f"rnn.weight_hh_l{layer}"] = (G * H, H)
            shapes[f"rnn.bias_ih_l{layer}"] = (G * H,)
            shapes[f"rnn.bias_hh_l{layer}"] = (G * H,)
        shapes["head.weight"] = (V, H)
        shapes["head.bias"] = (V,)
        return shapes

    @property
    def parameter_count(self) -> int:
        """How many numbers training adjusts."""
        return sum(math.prod(shape) for shape in self.shapes().values())


@dataclass(frozen=True)
class Model:
    """Parameters with the meaning of their rows: enough to generate text and to evaluate."""

    architecture: Architecture
    vocabulary: Vocabulary
    parameters: Parameters


def zeros_like_parameters(architecture: Architecture, dtype: DTypeLike) -> dict[str, Floats]:
    """A zeroed array for every parameter, in shared memory."""
    return {name: shared_zeros(shape, dtype) for name, shape in architecture.shapes().items()}


def initialise(
    parameters: Parameters, architecture: Architecture, recurrent: str, rng: np.random.Generator
) -> None:
    """First values: Glorot-uniform for weights that read inputs, `recurrent` for the others.

    Glorot and Bengio 2010, equation 16, each gate counted by itself. Orthogonal
    recurrent weights: Saxe et al. 2014. Biases are 0, save a forget bias of 1
    (Jozefowicz et al. 2015), which for cifg is an input-gate bias of -1. N-gram embeddings are
    normal, so that a vector is about as long as the one-hot one beside it.
    """
    H = architecture.hidden_size
    for name, array in parameters.items():
        if name.startswith("ngrams."):
            array[:] = rng.normal(0, NGRAM_SPREAD, array.shape)
        elif "weight_hh" in name and recurrent == "orthogonal":
            for gate in range(len(array) // H):
                array[gate * H : (gate + 1) * H] = _orthogonal(H, rng)
        elif "weight" in name:
            fan_out = H if name.startswith("rnn.") else array.shape[0]
            limit = math.sqrt(6 / (array.shape[1] + fan_out))
            array[:] = rng.uniform(-limit, limit, array.shape)
        else:
            array[:] = 0
    for layer in range(architecture.layers):
        bias = parameters[f"rnn.bias_ih_l{layer}"]
        if architecture.cell == "lstm":
            bias[H : 2 * H] = 1
        elif architecture.cell == "cifg":
            bias[:H] = -1


def _orthogonal(size: int, rng: np.random.Generator) -> Floats:
    q, r = np.linalg.qr(rng.standard_normal((size, size)))
    return q * np.sign(np.diag(r))  # uniform over the rotations (Mezzadri 2007)

"""Each cell's forward and backward pass against its equations, written out for one unit."""

from math import exp, tanh

import numpy as np
import pytest

from engine.cells import CELLS, Sizes
from engine.memory import padded_width
from engine.shards import Shard


def sigmoid(x: float) -> float:
    return 1 / (1 + exp(-x))


def gru(x: dict[str, float], W: dict[str, float], h: float, c: float) -> tuple[float, float]:
    r = sigmoid(x["r"] + W["r"] * h)
    z = sigmoid(x["z"] + W["z"] * h)
    n = tanh(x["n"] + r * W["n"] * h)
    return (1 - z) * n + z * h, c


def lstm(x: dict[str, float], W: dict[str, float], h: float, c: float) -> tuple[float, float]:
    i, f, o = (sigmoid(x[gate] + W[gate] * h) for gate in "ifo")
    g = tanh(x["g"] + W["g"] * h)
    c = f * c + i * g
    return o * tanh(c), c


def cifg(x: dict[str, float], W: dict[str, float], h: float, c: float) -> tuple[float, float]:
    i, o = (sigmoid(x[gate] + W[gate] * h) for gate in "io")
    g = tanh(x["g"] + W["g"] * h)
    c = (1 - i) * c + i * g
    return o * tanh(c), c


EQUATIONS = {"gru": gru, "lstm": lstm, "cifg": cifg}


class OneUnit:
    """A cell of one unit and one stream, two steps long, with easy numbers."""

    def __init__(self, name: str) -> None:
        kind = CELLS[name]
        gates = [kind.gates[place] for place in kind.order]
        rng = np.random.default_rng(3)
        self.W = dict(zip(gates, rng.normal(0, 1, len(gates)), strict=True))
        self.x = [dict(zip(gates, rng.normal(0, 1, len(gates)), strict=True)) for _ in range(2)]
        self.h0, self.c0 = 0.4, -0.3
        self.h = np.zeros((3, 1, padded_width(1)))
        self.h[:, :, 1] = 1
        self.d = np.zeros((2, 1, padded_width(kind.columns)))
        mail = np.zeros((2, 1, 1))
        self.cell = kind(Sizes(2, 1, 1), Shard(), np.float64, self.h, self.d, mail)
        halves = [0.5 if place < kind.sigmoid_gates else 1.0 for place in range(len(gates))]
        self.weights = np.zeros((len(gates), 1, 1, 2, 1))
        for place, (gate, half) in enumerate(zip(gates, halves, strict=True)):
            self.weights[place, ..., 0, :] = half * self.W[gate]
            for t in range(2):
                self.cell.x[t, place] = half * self.x[t][gate]
        self.h[0, 0, 0] = self.cell.h[0] = self.h0
        if self.cell.carries_cell_state:
            self.cell.c[0] = self.c0

    def by_hand(self, h: float) -> list[float]:
        c, outputs = self.c0, []
        for t in range(2):
            h, c = EQUATIONS[self.cell.name](self.x[t], self.W, h, c)
            outputs.append(h)
        return outputs


@pytest.mark.parametrize("name", CELLS)
def test_the_forward_pass_follows_the_equations(name: str) -> None:
    unit = OneUnit(name)
    unit.cell.forward(unit.weights)
    np.testing.assert_allclose(unit.h[1:, 0, 0], unit.by_hand(unit.h0), rtol=1e-14)


@pytest.mark.parametrize("name", CELLS)
def test_the_backward_pass_is_the_derivative_of_the_forward_pass(name: str) -> None:
    unit = OneUnit(name)
    unit.cell.forward(unit.weights)
    kind = CELLS[name]
    W_back = np.array([unit.W[kind.gates[place]] for place in kind.hidden_blocks])
    unit.cell.back.refresh(W_back[:, None])
    unit.cell.backward(np.array([0.0, 1.0]).reshape(2, 1, 1, 1, 1))
    gate = kind.gates[1]
    place = kind.input_blocks.index(1) + kind.first_input_block
    width = 1e-6
    for t in range(2):
        value = unit.x[t][gate]
        unit.x[t][gate] = value + width
        above = unit.by_hand(unit.h0)[-1]
        unit.x[t][gate] = value - width
        below = unit.by_hand(unit.h0)[-1]
        unit.x[t][gate] = value
        assert unit.d[t, 0, place] == pytest.approx((above - below) / (2 * width), rel=1e-7)

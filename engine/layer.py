"""A layer: a cell with its weights laid out for the products, and the products before and after it.

Letters as in `engine.cells.cell`; N = T*B positions, E the size of the layer's input.
"""

from collections.abc import Iterable

import numpy as np

from engine.arrays import Floats, Parameters
from engine.cells import CELLS
from engine.exchange import Exchange
from engine.shards import Shard


class Layer:
    """Layer number `index` of one shard: forward and backward of its own units."""

    def __init__(self, index: int, parameters: Parameters, exchange: Exchange, shard: Shard):
        architecture, sizes = exchange.architecture, exchange.sizes
        self.index = index
        self.shard = shard
        self.exchange = exchange
        self.weight_ih = parameters[f"rnn.weight_ih_l{index}"]  # (G*H, E)
        self.weight_hh = parameters[f"rnn.weight_hh_l{index}"]  # (G*H, H)
        self.bias_ih = parameters[f"rnn.bias_ih_l{index}"]
        self.bias_hh = parameters[f"rnn.bias_hh_l{index}"]
        kind = CELLS[architecture.cell]
        d = exchange.d if exchange.training else None
        self.cell = kind(sizes, shard, exchange.dtype, exchange.h[index], d)
        self.own = self.cell.own
        G, H, U, E = (
            len(kind.gates),
            sizes.H,
            self.own.stop - self.own.start,
            self.weight_ih.shape[1],
        )
        dtype = exchange.dtype
        self.W_input = np.empty((G, E + 1, U), dtype)  # the last row is the bias
        self.W_hidden = np.empty((G, H + 1, U), dtype)
        # Sigmoid gates want half their pre-activation (`sigmoid_of_twice`).
        self.scale = np.where(np.arange(G) < kind.sigmoid_gates, 0.5, 1).astype(dtype)
        if exchange.training:
            self.W_hidden_back = np.empty((G * H, U), dtype)
            self.W_input_back = np.empty((G * H, U), dtype)
            self.dy_below = np.empty((sizes.T, sizes.B, U), dtype)
            self.weight_and_bias = np.empty((U, max(E, H) + 1), dtype)

    def refresh(self) -> None:
        """Take over the parameters as they are now."""
        H, E, cell = self.cell.sizes.H, self.weight_ih.shape[1], self.cell
        hh = self.weight_hh.reshape(-1, H, H)[:, self.own]  # (G, U, H)
        ih = self.weight_ih.reshape(-1, H, E)[:, self.own]  # (G, U, E)
        bias_ih = self.bias_ih.reshape(-1, H)[:, self.own]  # (G, U)
        bias_hh = self.bias_hh.reshape(-1, H)[:, self.own]
        for place, gate in enumerate(cell.order):
            scale = self.scale[place]
            np.multiply(hh[gate].T, scale, out=self.W_hidden[place, :H])
            np.multiply(ih[gate].T, scale, out=self.W_input[place, :E])
            if cell.separate_bias[gate]:
                self.W_hidden[place, H] = bias_hh[gate] * scale
                self.W_input[place, E] = bias_ih[gate] * scale
            else:
                self.W_hidden[place, H] = (bias_ih[gate] + bias_hh[gate]) * scale
                self.W_input[place, E] = 0
        if self.exchange.training:
            self._copy_blocks(self.weight_hh, cell.hidden_blocks, self.W_hidden_back)
            if self.index:
                self._copy_blocks(self.weight_ih, cell.input_blocks, self.W_input_back)

    def _copy_blocks(self, weight: Floats, gates: tuple[int, ...], out: Floats) -> None:
        H = self.cell.sizes.H
        for place, gate in enumerate(gates):
            rows = slice(gate * H, (gate + 1) * H)
            out[place * H : (place + 1) * H] = weight[rows, self.own]

    def read(self, below: Floats) -> None:
        """The input products of all time steps; below (T, 1, B, E+1), its last column 1."""
        np.matmul(below, self.W_input, out=self.cell.x)  # (T, G, B, U)

    def forward(self) -> None:
        """Run the cell over the sequence from the carried state, and carry the last state on."""
        exchange, cell, own = self.exchange, self.cell, self.own
        cell.h[0] = exchange.state[self.index][:, own]
        cell.h_shared[0][:] = cell.h[0]
        if cell.carries_cell_state:
            cell.c[0] = exchange.cell_state[self.index][:, own]
        self.shard.wait()
        cell.forward(self.W_hidden)
        exchange.state[self.index][:, own] = cell.h[-1]
        if cell.carries_cell_state:
            exchange.cell_state[self.index][:, own] = cell.c[-1]

    def backward(self, dy: Floats) -> None:
        """Gate gradients of all units; dy (T, B, U) is the gradient of this shard's outputs."""
        W = self.W_hidden_back
        self.cell.backward(dy, W.reshape(self.cell.parts, -1, W.shape[1]))

    def hidden_gradients(self, gradients: Parameters) -> None:
        """The gradients of weight_hh and bias_hh, own rows, from the gate gradients."""
        T, _, H = self.cell.sizes
        before = self.exchange.h[self.index][:T].reshape(-1, self.exchange.h[0].shape[2])
        for block, gate in enumerate(self.cell.hidden_blocks):
            self._gradient(gate, block, before[:, : H + 1], "hh", gradients)

    def input_gradients(self, below: Floats, gradients: Parameters) -> Floats:
        """The gradients of weight_ih and bias_ih, own rows; returns that of own units below."""
        for block, gate in self.input_blocks:
            self._gradient(gate, block, below, "ih", gradients)
        G, H, first = len(self.cell.gates), self.cell.sizes.H, self.cell.first_input_block
        d = self.flat_d[:, first * H : (first + G) * H]
        np.matmul(d, self.W_input_back, out=self.dy_below.reshape(len(d), -1))  # (N, U)
        return self.dy_below

    @property
    def input_blocks(self) -> Iterable[tuple[int, int]]:
        """(column block, gate) for the gate gradients that the input sees."""
        return enumerate(self.cell.input_blocks, self.cell.first_input_block)

    def columns(self, block: int) -> slice:
        """Own columns of the gate gradients' column block number `block`."""
        start = block * self.cell.sizes.H
        return slice(start + self.own.start, start + self.own.stop)

    @property
    def flat_d(self) -> Floats:
        """The gate gradients as (N, padded K*H)."""
        d = self.exchange.d
        return d.reshape(-1, d.shape[2])

    def _gradient(
        self, gate: int, block: int, seen: Floats, kind: str, gradients: Parameters
    ) -> None:
        """d.T @ seen for one gate; the column of ones in `seen` gives the bias's gradient."""
        H, E = self.cell.sizes.H, seen.shape[1] - 1
        rows = slice(gate * H + self.own.start, gate * H + self.own.stop)
        product = self.weight_and_bias[:, : E + 1]
        np.matmul(self.flat_d[:, self.columns(block)].T, seen, out=product)  # (U, E+1)
        gradients[f"rnn.weight_{kind}_l{self.index}"][rows] = product[:, :E]
        gradients[f"rnn.bias_{kind}_l{self.index}"][rows] = product[:, E]

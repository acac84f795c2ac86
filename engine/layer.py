"""A layer: a cell with its weights laid out for the products, and the products before and after it.

Letters as in `engine.cells.cell`; N = T*B positions, E the size of the layer's input.
"""

import numpy as np

from engine.arrays import Floats, Parameters
from engine.cells import CELLS
from engine.contributions import Contributions
from engine.exchange import Exchange
from engine.memory import aligned_empty, padded_width
from engine.normalisation import InputNorm
from engine.shards import Shard


class Layer:
    """Layer number `index` of one shard: forward and backward of its own units."""

    def __init__(
        self, index: int, parameters: Parameters, exchange: Exchange, shard: Shard, d: Floats
    ) -> None:
        """`d` (T, B, padded K*U) takes the gate gradients; the layers use it in turn."""
        architecture, sizes = exchange.architecture, exchange.sizes
        self.index = index
        self.shard = shard
        self.exchange = exchange
        self.weight_ih = parameters[f"rnn.weight_ih_l{index}"]  # (G*H, E)
        self.weight_hh = parameters[f"rnn.weight_hh_l{index}"]  # (G*H, H)
        self.bias_ih = parameters[f"rnn.bias_ih_l{index}"]
        self.bias_hh = parameters[f"rnn.bias_hh_l{index}"]
        kind = CELLS[architecture.cell]
        mail = exchange.mail if exchange.training else None
        self.cell = kind(sizes, shard, exchange.dtype, exchange.h[index], d, mail)
        self.own = self.cell.own
        self.units = self.cell.units
        G, H, U, E = len(kind.gates), sizes.H, self.units, self.weight_ih.shape[1]
        dtype = exchange.dtype
        self.tiles = tiles = self.cell.tiles
        self.state = tiles.cut(exchange.state[index][:, self.own])
        self.cell_state = tiles.cut(exchange.cell_state[index][:, self.own])
        # The right factors of products, laid out in tiles.
        self.W_input = tiles.empty_right((G, E + 1, U), dtype)  # the last row is the bias
        self.W_hidden = tiles.empty_right((G, H + 1, U), dtype)
        self.padded_rows: Floats = aligned_empty((U, padded_width(max(E, H))), dtype)
        # Sigmoid gates want half their pre-activation (`sigmoid_of_twice`).
        self.scale = np.where(np.arange(G) < kind.sigmoid_gates, 0.5, 1).astype(dtype)
        # By the gate's place: a bias_ih that is not in `W_hidden`, but added after the norm.
        self.biases_after_norm = {
            place: tiles.empty_right((1, U), dtype)
            for place, gate in enumerate(kind.order)
            if kind.separate_bias[gate] and architecture.input_norm
        }
        self.norm = None  # also where `Characters` does it, once for each character
        if architecture.input_norm and (index or architecture.ngram_order > 1):
            self.norm = InputNorm(self.cell, exchange, self.scale)
        if exchange.training:
            first = kind.first_input_block * U
            self.d_hidden, self.d_input = d[..., : G * U], d[..., first : first + G * U]
            self.weight_and_bias = aligned_empty((G * U, max(E, H) + 1), dtype)
        if exchange.training and index:
            self.back = Contributions(self.d_input, self.cell.all_tiles)
            self.mail_below = self.cell.addressed(exchange.mail_below, sizes.T)
            self.dy_below = aligned_empty((sizes.T, *tiles), dtype)

    def refresh(self) -> None:
        """Take over the parameters as they are now."""
        H, E, cell, right = self.cell.sizes.H, self.weight_ih.shape[1], self.cell, self.tiles.right
        hh = self.weight_hh.reshape(-1, H, H)[:, self.own]  # (G, U, H)
        ih = self.weight_ih.reshape(-1, H, E)[:, self.own]  # (G, U, E)
        bias_ih = self.bias_ih.reshape(-1, H)[:, self.own]  # (G, U)
        bias_hh = self.bias_hh.reshape(-1, H)[:, self.own]
        for place, gate in enumerate(cell.order):
            scale = self.scale[place]
            W_hidden, W_input = self.W_hidden[place], self.W_input[place]
            W_hidden[..., :H, :] = right(self._scaled(hh[gate], scale).T)
            W_input[..., :E, :] = right(self._scaled(ih[gate], scale).T)
            of_hidden, of_input = bias_hh[gate : gate + 1] * scale, bias_ih[gate : gate + 1] * scale
            if not cell.separate_bias[gate]:
                W_hidden[..., H:, :], W_input[..., E:, :] = right(of_hidden + of_input), 0
            elif place not in self.biases_after_norm:
                W_hidden[..., H:, :], W_input[..., E:, :] = right(of_hidden), right(of_input)
            else:  # the norm is of the weights' products alone
                W_hidden[..., H:, :], W_input[..., E:, :] = right(of_hidden), 0
                self.biases_after_norm[place][:] = right(of_input)
        if self.exchange.training:
            cell.back.refresh(hh[list(cell.hidden_blocks)].reshape(-1, H))
            if self.index:
                self.back.refresh(ih[list(cell.input_blocks)].reshape(-1, E))

    def _scaled(self, rows: Floats, scale: Floats) -> Floats:
        """rows * scale; rows of a power of two apart would be slow to transpose."""
        return np.multiply(rows, scale, out=self.padded_rows[:, : rows.shape[1]])

    def read(self, below: Floats) -> None:
        """The input products of all time steps; below (T, B, E+1), its last column 1."""
        left = self.tiles.left(below[:, None])
        np.matmul(left, self.W_input, out=self.cell.x)  # (T, G, B, U)

    def forward(self) -> None:
        """Run the cell over the sequence from the carried state, and carry the last state on."""
        cell = self.cell
        cell.h[0] = self.state
        cell.h_shared[0][:] = self.state
        if cell.carries_cell_state:
            cell.c[0] = self.cell_state
        if self.norm is None:
            self.shard.wait()
        else:
            self.normalise(cell.x, self.norm)
        cell.forward(self.W_hidden)
        self.state[:] = cell.h[-1]
        if cell.carries_cell_state:
            self.cell_state[:] = cell.c[-1]

    def normalise(self, x: Floats, norm: InputNorm) -> None:
        """Normalise input products (P, G, B, U), and add the biases behind the norm.

        All shards have arrived in between.
        """
        norm.add_up(x)
        self.shard.wait()
        norm.forward(x)
        for place, bias in self.biases_after_norm.items():
            x[:, place] += bias

    def backward(self, dy: Floats) -> None:
        """Gate gradients of own units; dy (T, B, U) is the gradient of their outputs."""
        self.cell.backward(dy)

    def hidden_gradients(self, gradients: Parameters) -> None:
        """The gradients of weight_hh and bias_hh, own rows, from the gate gradients."""
        T, _, H = self.cell.sizes
        before = self.exchange.h[self.index][:T, :, : H + 1]
        self._gradient(self.d_hidden, self.cell.hidden_blocks, before, "hh", gradients)

    def before_norm(self) -> Floats | None:
        """Let `d_input` become the gradient of the input products before they were normalised.

        Returns the gradient of the biases (G*U,), in the order of the input's blocks, which are
        added behind the norm; None without a norm.
        """
        if self.norm is None:
            return None
        d = self.d_input.reshape(-1, self.d_input.shape[2])
        of_biases: Floats = np.ones(len(d), d.dtype) @ d  # half the time of a sum
        self.norm.backward(self.d_input)
        return of_biases

    def input_bias_gradient(self, of_biases: Floats, gradients: Parameters) -> None:
        """Write down what `before_norm` has returned."""
        bias = gradients[f"rnn.bias_ih_l{self.index}"]
        for gate, own in zip(
            self.cell.input_blocks, of_biases.reshape(-1, self.units), strict=True
        ):
            self.own_rows(bias, gate)[:] = own

    def input_gradients(self, below: Floats, gradients: Parameters) -> None:
        """The gradients of weight_ih and bias_ih, own rows; below (T, B, E+1) as `read` had it."""
        self._gradient(self.d_input, self.cell.input_blocks, below, "ih", gradients)

    def through_weights(self) -> Floats:
        """The gradient of own units' outputs (T, B, U) in the layer below."""
        shard, mail = self.shard, self.mail_below
        if self.cell.sizes.T == 1:
            shard.wait()  # no time step's meeting lies between two layers' use of the same mail
        for other in shard.others:
            self.back.at_all(other, out=mail[shard.rank][other])
        shard.arrive()
        self.back.at_all(shard.rank, out=self.dy_below)
        shard.meet()
        for other in shard.others:
            self.dy_below += mail[other][shard.rank]
        return self.dy_below

    def own_rows(self, weight: Floats, gate: int) -> Floats:
        """The rows of weight_ih, weight_hh, or of a bias, for own units of a gate."""
        start = gate * self.cell.sizes.H
        return weight[start + self.own.start : start + self.own.stop]

    def _gradient(
        self, d: Floats, gates: tuple[int, ...], seen: Floats, kind: str, gradients: Parameters
    ) -> None:
        """d.T @ seen, gate by gate, over all positions; d (T, B, G*U), seen (T, B, E+1).

        The column of ones in `seen` gives the bias's gradient.
        """
        U, E = self.units, seen.shape[2] - 1
        product = self.weight_and_bias[:, : E + 1]
        np.matmul(d.reshape(-1, d.shape[2]).T, seen.reshape(-1, E + 1), out=product)  # (G*U, E+1)
        for gate, rows in zip(gates, product.reshape(-1, U, E + 1), strict=True):
            self.own_rows(gradients[f"rnn.weight_{kind}_l{self.index}"], gate)[:] = rows[:, :E]
            self.own_rows(gradients[f"rnn.bias_{kind}_l{self.index}"], gate)[:] = rows[:, E]

"""One shard of the network: characters, stack of layers, head; forward and backward."""

import numpy as np

from engine.arrays import Floats, Ids, Parameters
from engine.cells import CELLS
from engine.characters import Characters
from engine.exchange import Exchange
from engine.head import Head
from engine.layer import Layer
from engine.memory import aligned_empty, padded_width
from engine.ngrams import NGrams
from engine.shards import Shard


class Network:
    """The computation over an exchange's buffers, for the units of one shard.

    A lone shard owns all units; the code is the same.
    """

    def __init__(self, parameters: Parameters, exchange: Exchange, shard: Shard | None = None):
        self.shard = shard if shard is not None else Shard()
        self.exchange = exchange
        d = self._gate_gradients()
        layers = range(exchange.architecture.layers)
        self.layers = [Layer(index, parameters, exchange, self.shard, d) for index in layers]
        self.characters = Characters(self.layers[0], parameters)
        self.ngrams = NGrams(self.layers[0], parameters)
        self.head = Head(parameters, exchange, self.shard, self.layers[-1].tiles)
        self.masks: list[Floats] | None = None  # per layer (T, B, U), already scaled

    def refresh(self, temperature: float = 1.0) -> None:
        """Take over the parameters as they are now; `temperature` is that of the softmax."""
        for layer in self.layers:
            layer.refresh()
        self.characters.refresh()
        self.ngrams.refresh()
        self.head.refresh(temperature)

    def forward(self, masks: list[Floats] | None = None) -> Floats:
        """Logits (own positions, V) of `exchange.inputs`, from the carried state.

        masks: per layer (T, B, H), 0 or 1/(1 - dropout), for its outputs; the
        exchange must then have been made with dropout.
        """
        if masks is not None:
            masks = [mask[:, :, self.layers[0].own] for mask in masks]
        self.masks = masks
        self.characters.forward(self.exchange.inputs)
        self.ngrams.forward(self.exchange.inputs, self.exchange.recent)
        for layer in self.layers:
            if layer.index:
                layer.read(self._outputs(layer.index - 1))
            layer.forward()
            if masks is not None:
                own_outputs = self.exchange.y[layer.index][1:, :, layer.own]
                np.multiply(
                    self.exchange.h[layer.index][1:, :, layer.own],
                    masks[layer.index],
                    out=own_outputs,
                )
                self.shard.wait()
        if self.shard.rank == 0:  # the layers have waited since the others read what is carried
            self.exchange.carry()
        return self.head.forward()

    def loss(self) -> float:
        """The sum of -log p of own positions' targets, after `forward`."""
        return self.head.loss(self.exchange.targets.reshape(-1))

    def backward(self, gradients: Parameters) -> None:
        """Every gradient of the mean loss, own rows, after `loss`.

        Each own row is written afresh, so nothing of an earlier pass remains.
        """
        self.shard.wait()
        dy = self.head.backward(gradients)
        for layer in reversed(self.layers):
            if self.masks is not None:
                dy *= layer.tiles.cut(self.masks[layer.index])
            layer.backward(dy)
            layer.hidden_gradients(gradients)
            of_biases = layer.before_norm()
            if layer.index:
                layer.input_gradients(self._outputs(layer.index - 1), gradients)
                dy = layer.through_weights()
            else:
                self.characters.backward(gradients)
                self.ngrams.backward(gradients)
            if of_biases is not None:  # in place of what the gradient before the norm would give
                layer.input_bias_gradient(of_biases, gradients)

    def _outputs(self, index: int) -> Floats:
        """The outputs of a layer with their column of ones: (T, B, H+1), a view."""
        return self.exchange.y[index][1:, :, : self.exchange.sizes.H + 1]

    def _gate_gradients(self) -> Floats:
        """An array (T, B, padded K*U) that the layers use in turn; empty without training."""
        T, B, H = self.exchange.sizes
        own = self.shard.own(H)
        columns = CELLS[self.exchange.architecture.cell].columns
        width = padded_width(columns * (own.stop - own.start))
        shape = (T, B, width) if self.exchange.training else (0, 0, 0)
        return aligned_empty(shape, self.exchange.dtype)

    def step(self, ids: Ids) -> Floats:
        """Logits (B, V) after one more character in each stream; for T = 1."""
        self.exchange.inputs[0] = ids
        return self.forward()

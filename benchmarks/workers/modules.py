"""The same models as PyTorch modules: nn.GRU, nn.LSTM, and a cifg written the obvious way.

Letters: T time steps, B streams, V characters, E embedding, H hidden units.
"""

from typing import Any

import torch
from torch import nn
from torch.nn import functional

CELLS = {"gru": nn.GRU, "lstm": nn.LSTM}

State = Any  # what the recurrent module carries along; None at the start


class CIFG(nn.Module):  # type: ignore[misc]
    """An LSTM with f = 1 - i, a loop over time steps; parameters as nn.LSTM's without f."""

    def __init__(self, input_size: int, hidden_size: int, layers: int) -> None:
        super().__init__()
        self.layers = layers
        for layer in range(layers):
            sizes = {
                "weight_ih": (3 * hidden_size, hidden_size if layer else input_size),
                "weight_hh": (3 * hidden_size, hidden_size),
                "bias_ih": (3 * hidden_size,),
                "bias_hh": (3 * hidden_size,),
            }
            for name, size in sizes.items():
                values = torch.empty(size).uniform_(-(hidden_size**-0.5), hidden_size**-0.5)
                self.register_parameter(f"{name}_l{layer}", nn.Parameter(values))
        self.hidden_size = hidden_size

    def forward(self, x: Any, state: State = None) -> tuple[Any, State]:
        """Outputs (T, B, H) and the last (h, c), each (layers, B, H), for x (T, B, input)."""
        if state is None:
            nothing = x.new_zeros(self.layers, x.shape[1], self.hidden_size)
            state = (nothing, nothing)
        last = []
        for layer in range(self.layers):
            x, h, c = self._layer(layer, x, state[0][layer], state[1][layer])
            last.append((h, c))
        return x, tuple(torch.stack(part) for part in zip(*last, strict=True))

    def _layer(self, layer: int, x: Any, h: Any, c: Any) -> tuple[Any, Any, Any]:
        weight_ih, weight_hh, bias_ih, bias_hh = (
            getattr(self, f"{name}_l{layer}")
            for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        )
        read = functional.linear(x, weight_ih, bias_ih + bias_hh)  # (T, B, 3H)
        recurrent = weight_hh.t()
        outputs = []
        for read_now in read.unbind(0):
            i, g, o = torch.addmm(read_now, h, recurrent).chunk(3, 1)
            i = torch.sigmoid(i)
            c = (1 - i) * c + i * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            outputs.append(h)
        return torch.stack(outputs), h, c


class CharacterModel(nn.Module):  # type: ignore[misc]
    """One-hot characters (or an embedding), the recurrent module, a linear head."""

    def __init__(
        self, cell: str, layers: int, hidden_size: int, embedding_size: int, characters: int
    ) -> None:
        super().__init__()
        self.characters = characters
        self.embedding = nn.Embedding(characters, embedding_size) if embedding_size else None
        input_size = embedding_size or characters
        kind = CELLS.get(cell, CIFG)
        self.rnn = kind(input_size, hidden_size, layers)
        self.head = nn.Linear(hidden_size, characters)

    def forward(self, ids: Any, state: State = None) -> tuple[Any, State]:
        """Logits (T, B, V) for ids (T, B), and the state to go on from."""
        if self.embedding is None:
            x = functional.one_hot(ids, self.characters).float()
        else:
            x = self.embedding(ids)
        y, state = self.rnn(x, state)
        return self.head(y), state

    @property
    def parameter_count(self) -> int:
        """How many numbers training adjusts."""
        return sum(parameter.numel() for parameter in self.parameters())


def detached(state: State) -> State:
    """The state without its history: where backpropagation through time is cut."""
    return tuple(part.detach() for part in state) if isinstance(state, tuple) else state.detach()

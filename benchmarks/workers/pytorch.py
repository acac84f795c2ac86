"""PyTorch: training steps, and writing with the obvious loop.

A step is: one-hot inputs (or an embedding), forward, cross entropy, backward, clipping at
the global norm 1, Adam (fused). The batch stays the same, the state is carried, as in ours.
"""

import torch
from torch.nn import functional

from workers.modules import CharacterModel, State, detached
from workers.service import Message, Perform, repeated

PIECE = 50  # characters drawn between two looks at the clock
TEMPERATURE = 0.8


def prepare(spec: Message) -> tuple[Perform, Message]:
    """spec["task"]: train or write."""
    torch.manual_seed(0)
    torch.set_num_threads(spec["threads"])
    settings = spec["hyperparameters"]
    model = CharacterModel(
        settings["cell"],
        settings["layers"],
        settings["hidden_size"],
        settings["embedding_size"],
        spec["characters"],
    )
    perform = training(model, settings) if spec["task"] == "train" else writing(model)
    return perform, {"parameters": model.parameter_count}


def training(model: CharacterModel, settings: Message) -> Perform:
    """Characters a second of training steps."""
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    shape = (settings["sequence_length"], settings["batch_size"])
    inputs, targets = (torch.randint(0, model.characters, shape) for _ in range(2))
    state: State = None

    def step() -> None:
        nonlocal state
        logits, after = model(inputs, state)
        loss = functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        state = detached(after)

    def perform(question: Message) -> Message:
        return {"characters_per_second": inputs.numel() * repeated(step, question["seconds"])}

    return perform


def writing(model: CharacterModel) -> Perform:
    """Characters a second of one stream."""
    model.eval()
    state: State = None
    last = torch.zeros(1, 1, dtype=torch.long)

    def piece() -> None:
        nonlocal state, last
        for _ in range(PIECE):
            logits, state = model(last, state)
            probabilities = torch.softmax(logits[0, 0] / TEMPERATURE, dim=-1)
            last = torch.multinomial(probabilities, 1).view(1, 1)
            last.item()  # the character, to be shown

    def perform(question: Message) -> Message:
        with torch.no_grad():
            return {"characters_per_second": PIECE * repeated(piece, question["seconds"])}

    return perform

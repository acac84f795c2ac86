"""JAX: the same training step, jitted whole; lax.scan over time, Adam written by hand.

Parameters have torch's names and shapes. The input products of all time steps are one
product before the scan; parameters, moments and state are donated.
Letters: T time steps, B streams, V characters, H hidden units, G gates.
"""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jax.nn import sigmoid, tanh

from workers.service import Message, Perform, repeated

GATES = {"gru": 3, "cifg": 3, "lstm": 4}
LEARNING_RATE, BETA1, BETA2, EPSILON, LONGEST = 1e-3, 0.9, 0.999, 1e-8, 1.0

Tree = Any  # of arrays


def gru(state: Tree, read: Any, recurrent: Any) -> Tree:
    """The next (h,) from the input's and the hidden state's products, each (B, 3H)."""
    (h,) = state
    r_in, z_in, n_in = jnp.split(read, 3, axis=1)
    r_h, z_h, n_h = jnp.split(recurrent, 3, axis=1)
    z = sigmoid(z_in + z_h)
    n = tanh(n_in + sigmoid(r_in + r_h) * n_h)
    return ((1 - z) * n + z * h,)


def cifg(state: Tree, read: Any, recurrent: Any) -> Tree:
    """The next (h, c); gates i, g, o."""
    i, g, o = jnp.split(read + recurrent, 3, axis=1)
    i = sigmoid(i)
    c = (1 - i) * state[1] + i * tanh(g)
    return sigmoid(o) * tanh(c), c


def lstm(state: Tree, read: Any, recurrent: Any) -> Tree:
    """The next (h, c); gates i, f, g, o."""
    i, f, g, o = jnp.split(read + recurrent, 4, axis=1)
    c = sigmoid(f) * state[1] + sigmoid(i) * tanh(g)
    return sigmoid(o) * tanh(c), c


CELLS = {"gru": gru, "cifg": cifg, "lstm": lstm}


def initial(settings: Message, V: int) -> Tree:
    """Parameters by torch's names."""
    H, E, G = settings["hidden_size"], settings["embedding_size"], GATES[settings["cell"]]
    shapes: dict[str, tuple[int, ...]] = {"head.weight": (V, H), "head.bias": (V,)}
    if E:
        shapes["embedding.weight"] = (V, E)
    for layer in range(settings["layers"]):
        shapes[f"weight_ih_l{layer}"] = (G * H, H if layer else E or V)
        shapes[f"weight_hh_l{layer}"] = (G * H, H)
        shapes[f"bias_ih_l{layer}"] = shapes[f"bias_hh_l{layer}"] = (G * H,)
    keys = jax.random.split(jax.random.key(0), len(shapes))
    return {
        name: jax.random.uniform(key, shape, minval=-(H**-0.5), maxval=H**-0.5)
        for key, (name, shape) in zip(keys, shapes.items(), strict=True)
    }


def loss(
    parameters: Tree, states: Tree, inputs: Any, targets: Any, *, cell: str
) -> tuple[Any, Tree]:
    """The mean cross entropy of a batch (T, B), and the states after it, one a layer."""
    V = len(parameters["head.bias"])
    table = parameters.get("embedding.weight")
    x = jax.nn.one_hot(inputs, V) if table is None else table[inputs]
    after = []
    for layer, state in enumerate(states):
        weight_ih, weight_hh, bias_ih, bias_hh = (
            parameters[f"{name}_l{layer}"]
            for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        )

        def step(state: Tree, read: Any, W: Any = weight_hh.T, b: Any = bias_hh) -> Any:
            state = CELLS[cell](state, read, state[0] @ W + b)
            return state, state[0]

        state, x = jax.lax.scan(step, state, x @ weight_ih.T + bias_ih)
        after.append(state)
    logits = x @ parameters["head.weight"].T + parameters["head.bias"]
    return cross_entropy(logits, targets), after


def cross_entropy(logits: Any, targets: Any) -> Any:
    """The mean over all positions, in nats; logits (..., V), targets (...)."""
    chosen = jnp.take_along_axis(jax.nn.log_softmax(logits), targets[..., None], axis=-1)
    return -chosen.mean()


def adam(parameters: Tree, first: Tree, second: Tree, gradients: Tree, number: Any) -> Tree:
    """Parameters and both moments after a step, the gradients clipped at the global norm 1."""
    squares = [jnp.vdot(g, g) for g in jax.tree.leaves(gradients)]
    scale = jnp.minimum(1.0, LONGEST / (jnp.sqrt(sum(squares)) + 1e-6))
    gradients = jax.tree.map(lambda g: g * scale, gradients)
    first = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, first, gradients)
    second = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, second, gradients)
    rate = LEARNING_RATE / (1 - BETA1**number)
    correction = 1 - BETA2**number
    moved = jax.tree.map(
        lambda p, m, v: p - rate * m / (jnp.sqrt(v / correction) + EPSILON),
        parameters,
        first,
        second,
    )
    return moved, first, second


def training_step(
    parameters: Tree,
    first: Tree,
    second: Tree,
    states: Tree,
    number: Any,
    inputs: Any,
    targets: Any,
    *,
    cell: str,
) -> Tree:
    """All that the next step needs, and the loss."""
    differentiated = jax.value_and_grad(partial(loss, cell=cell), has_aux=True)
    (value, after), gradients = differentiated(parameters, states, inputs, targets)
    return (*adam(parameters, first, second, gradients, number), after, number + 1, value)


def prepare(spec: Message) -> tuple[Perform, Message]:
    """Training steps alone; compiling belongs to the warm-up."""
    settings, V = spec["hyperparameters"], spec["characters"]
    cell, B, H = settings["cell"], settings["batch_size"], settings["hidden_size"]
    parameters = initial(settings, V)
    count = sum(array.size for array in parameters.values())
    first, second = (jax.tree.map(jnp.zeros_like, parameters) for _ in range(2))
    parts = 1 if cell == "gru" else 2
    states = [tuple(jnp.zeros((B, H)) for _ in range(parts)) for _ in range(settings["layers"])]
    shape = (settings["sequence_length"], B)
    inputs, targets = (jax.random.randint(jax.random.key(one), shape, 0, V) for one in (1, 2))

    step = jax.jit(partial(training_step, cell=cell), donate_argnums=(0, 1, 2, 3, 4))
    now: Tree = (parameters, first, second, states, jnp.float32(1))

    def advance() -> None:
        nonlocal now
        *now, value = step(*now, inputs, targets)
        value.block_until_ready()

    def perform(question: Message) -> Message:
        return {"characters_per_second": inputs.size * repeated(advance, question["seconds"])}

    return perform, {"parameters": count}

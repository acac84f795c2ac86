"""The model of variants.py in JAX: the engine's GRU with the forms that are asked for.

Letters: T time steps, B streams, V characters, H hidden units, E embedding size.
"""

import itertools
import math
import time
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.nn import sigmoid, tanh
from record import Row
from sweep import MEMORY
from workers.jax_scan import cross_entropy

import corpora
from engine import Hyperparameters
from engine.batches import Batches
from engine.model import Architecture, initialise, zeros_like_parameters
from engine.schedule import learning_rate
from engine.seeds import INITIAL, OFFSETS, generator

EPSILON, SMALL = 1e-8, 1e-5  # Adam's, and that below a variance

Tree = Any  # of arrays
Forms = dict[str, float]


def over_rms(x: Any) -> Any:
    """x divided by its root mean square over the last axis."""
    return x / jnp.sqrt(jnp.square(x).mean(-1, keepdims=True) + SMALL)


def by_gates(x: Any) -> Any:
    """x (..., 3H) as (..., 3, H)."""
    return x.reshape(*x.shape[:-1], 3, -1)


def normalised(x: Any, gain: Any) -> Any:
    """Each gate of x (..., 3H) with mean 0 and variance 1 over its units, times the gain (3H,)."""
    gates = by_gates(x)
    return over_rms(gates - gates.mean(-1, keepdims=True)).reshape(x.shape) * gain


def mask(key: Any, part: float, shape: tuple[int, ...]) -> Any:
    """Zeros for that part, and what keeps the mean for the rest."""
    return jax.random.bernoulli(key, 1 - part, shape) / (1 - part)


def layer(
    p: Tree, index: int, x: Any, inputs: Any, state: Any, forms: Forms, key: Any
) -> tuple[Any, Any]:
    """Outputs (T, B, H) and the last state of one layer; without a key nothing is random."""
    weight_ih, weight_hh, bias_ih, bias_hh = (
        p[f"rnn.{name}_l{index}"] for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    )
    B, H = state.shape
    keys = jax.random.split(key, 4) if key is not None else [None] * 4
    zoneout, variational = forms.get("zoneout", 0.0), forms.get("variational", 0.0)
    if key is not None and "drop_connect" in forms:
        weight_hh = weight_hh * mask(keys[0], forms["drop_connect"], weight_hh.shape)
    if "weight_norm" in forms:
        weight_ih, weight_hh = (
            p[f"gain_{kind}_l{index}"][:, None] * w / jnp.linalg.norm(w, axis=1, keepdims=True)
            for kind, w in (("ih", weight_ih), ("hh", weight_hh))
        )
    read = x @ weight_ih.T
    if "skip" in forms and index:
        read = read + p[f"skip.weight_l{index}"][inputs]
    if "layer_norm" in forms or "input_layer_norm" in forms:
        read = normalised(read, p[f"gain_ih_l{index}"])
    if "input_rms" in forms:
        read = over_rms(by_gates(read)).reshape(read.shape)
        if forms["input_rms"] == 2:
            read = read * p[f"gain_ih_l{index}"]
    thinned = mask(keys[1], variational, (B, H)) if key is not None and variational else 1.0

    def step(h: Any, given: Any) -> tuple[Any, Any]:
        read, step_key = given
        products = (h * thinned) @ weight_hh.T
        if "layer_norm" in forms or "hidden_layer_norm" in forms:
            products = normalised(products, p[f"gain_hh_l{index}"])
        r_in, z_in, n_in = jnp.split(read, 3, axis=-1)
        products = products + bias_hh
        if "multiplicative" in forms:
            products = products * (1 + p[f"multiplicative_l{index}"] * read)
        r_h, z_h, n_h = jnp.split(products, 3, axis=-1)
        z, n = sigmoid(z_in + z_h), tanh(n_in + sigmoid(r_in + r_h) * n_h)
        if key is not None and "candidate_dropout" in forms:
            n = n * mask(step_key, forms["candidate_dropout"], n.shape)
        after = n + z * (h - n)
        if zoneout:
            kept = zoneout
            if key is not None:
                kept = jax.random.bernoulli(step_key, zoneout, h.shape)
            after = kept * h + (1 - kept) * after
        return after, after

    step_keys = jax.random.split(keys[2] if key is not None else jax.random.key(0), len(x))
    last, y = jax.lax.scan(step, state, (read + bias_ih, step_keys))
    if "residual" in forms and index:
        y = y + x
    if "output_norm" in forms:
        y = over_rms(y) * p[f"gain_l{index}"]
    if key is not None and variational:
        y = y * mask(keys[3], variational, (B, H))
    return y, last


def network(p: Tree, states: Tree, inputs: Any, forms: Forms, key: Any = None) -> tuple[Any, Any]:
    """Logits (T, B, V) and the states after the sequence."""
    V = len(p["head.bias"])
    table = p.get("embedding.weight")
    x = jax.nn.one_hot(inputs, V) if table is None else table[inputs]
    after = []
    for index, state in enumerate(states):
        own = jax.random.fold_in(key, index) if key is not None else None
        x, last = layer(p, index, x, inputs, state, forms, own)
        after.append(last)
    return x @ (table if "tied" in forms else p["head.weight"]).T + p["head.bias"], after


def objective(logits: Any, targets: Any, forms: Forms) -> Any:
    """What training makes small: the mean cross entropy, and what the forms add to it."""
    log_p = jax.nn.log_softmax(logits)
    value = cross_entropy(logits, targets)
    if "focal" in forms:
        chosen = jnp.take_along_axis(log_p, targets[..., None], axis=-1)
        value = -((1 - jnp.exp(chosen)) ** forms["focal"] * chosen).mean()
    if "entropy_bonus" in forms:
        value += forms["entropy_bonus"] * (jnp.exp(log_p) * log_p).sum(-1).mean()
    if "label_smoothing" in forms:
        frequencies = jax.nn.one_hot(targets, logits.shape[-1]).mean((0, 1))
        part = forms["label_smoothing"]
        value = (1 - part) * value - part * (log_p @ frequencies).mean()
    return value


def loss(
    p: Tree, states: Tree, inputs: Any, targets: Any, key: Any, forms: Forms, temperature: float
) -> Any:
    """The loss of a batch (T, B), and the states after it."""
    logits, after = network(p, states, inputs, forms, key)
    return objective(logits / temperature, targets, forms), after


@partial(jax.jit, static_argnames=("forms", "settings"), donate_argnums=(0, 1, 2))
def training_step(
    p: Tree,
    first: Tree,
    second: Tree,
    states: Tree,
    given: Tree,
    *,
    settings: Hyperparameters,
    forms: tuple[tuple[str, float], ...],
) -> Tree:
    """One step of AdamW with clipping, as `engine.optimiser` does it."""
    inputs, targets, key, number, rate = given
    of_batch = partial(loss, forms=dict(forms), temperature=settings.loss_temperature)
    differentiated = jax.value_and_grad(of_batch, has_aux=True)
    (value, after), gradients = differentiated(p, states, inputs, targets, key)
    norm = jnp.sqrt(sum(jnp.vdot(g, g) for g in jax.tree.leaves(gradients)))
    scale = jnp.minimum(1.0, settings.gradient_clip / norm)
    beta1, beta2 = settings.beta1, settings.beta2

    def moved(name: str) -> tuple[Any, Any, Any]:
        g = gradients[name] * scale
        m = beta1 * first[name] + (1 - beta1) * g
        v = beta2 * second[name] + (1 - beta2) * g * g
        mean = m / (1 - beta1**number)
        if settings.nesterov:
            mean = beta1 * m / (1 - beta1 ** (number + 1)) + (1 - beta1) * g / (1 - beta1**number)
        change = mean / (jnp.sqrt(v / (1 - beta2**number)) + EPSILON)
        decay = settings.weight_decay if "weight" in name else 0.0
        return p[name] * (1 - rate * decay) - rate * change, m, v

    new = {name: moved(name) for name in p}
    p, first, second = ({name: three[place] for name, three in new.items()} for place in range(3))
    return p, first, second, after, value


def initial(settings: Hyperparameters, text: corpora.Corpus, forms: Forms) -> Tree:
    """The engine's first values, and those that only a form has."""
    architecture = Architecture.of(settings, len(text.vocabulary))
    arrays = zeros_like_parameters(architecture, np.float32)
    rng = generator(settings.random_seed, INITIAL)
    initialise(arrays, architecture, settings.initialisation, rng)
    H = settings.hidden_size
    for index in range(settings.layers):
        arrays[f"rnn.bias_ih_l{index}"][H : 2 * H] = forms.get("update_bias", 0.0)
        arrays[f"rnn.weight_ih_l{index}"] *= forms.get("input_scale" if index else "first_scale", 1)
        for kind in ("ih", "hh"):
            rows = arrays[f"rnn.weight_{kind}_l{index}"]
            if "weight_norm" in forms:
                arrays[f"gain_{kind}_l{index}"] = np.linalg.norm(rows, axis=1)
            elif {"layer_norm", "input_layer_norm", "input_rms", "hidden_layer_norm"} & set(forms):
                arrays[f"gain_{kind}_l{index}"] = np.ones(3 * H, np.float32)
        if "output_norm" in forms:
            arrays[f"gain_l{index}"] = np.ones(H, np.float32)
        if "multiplicative" in forms:
            first = forms["multiplicative"]
            arrays[f"multiplicative_l{index}"] = np.full(3 * H, first, np.float32)
        if "skip" in forms and index:
            limit = math.sqrt(6 / (len(text.vocabulary) + H))
            shape = (len(text.vocabulary), 3 * H)
            arrays[f"skip.weight_l{index}"] = rng.uniform(-limit, limit, shape).astype(np.float32)
    arrays["head.weight"] *= forms.get("head_scale", 1)
    if "unigram_bias" in forms:
        counts = np.bincount(
            text.split(settings.validation_fraction)[0], minlength=len(text.vocabulary)
        )
        arrays["head.bias"][:] = np.log((counts + 1) / counts.sum())
    if "tied" in forms:
        del arrays["head.weight"]
    return {name: jnp.array(array) for name, array in arrays.items()}


def run(text: corpora.Corpus, settings: Hyperparameters, forms: Forms) -> Row:
    """Train one variant, and measure it on the validation part."""
    training, validation = text.split(settings.validation_fraction)
    batches = Batches(training, settings.batch_size, settings.sequence_length)
    p = initial(settings, text, forms)
    first, second = (jax.tree.map(jnp.zeros_like, p) for _ in range(2))
    zeros = [jnp.zeros((batches.batch_size, settings.hidden_size)) for _ in range(settings.layers)]
    update = partial(training_step, settings=settings, forms=tuple(forms.items()))
    mean, step, begun = 0.0, 0, time.perf_counter()
    for epoch in itertools.count():
        if step == settings.steps:
            break
        rng = generator(settings.random_seed, OFFSETS, epoch)
        batches.cut(batches.random_offset(rng))
        states = zeros
        for block in range(min(batches.steps, settings.steps - step)):
            inputs, targets = batches.block(block * batches.sequence_length)
            rate = learning_rate(settings, step, step / settings.steps)
            step += 1
            key = jax.random.key(settings.random_seed * 10**6 + step)
            given = (jnp.array(inputs), jnp.array(targets), key, float(step), rate)
            p, first, second, states, value = update(p, first, second, states, given)
            mean = float(value) if step == 1 else MEMORY * mean + (1 - MEMORY) * float(value)
    seconds = time.perf_counter() - begun
    one = [jnp.zeros((1, settings.hidden_size)) for _ in range(settings.layers)]
    logits, _ = jax.jit(partial(network, forms=forms))(p, one, jnp.array(validation[:-1, None]))
    return {
        "random_seed": settings.random_seed,
        "steps": step,
        "characters": step * batches.batch_size * batches.sequence_length,
        "characters_per_second": step * batches.batch_size * batches.sequence_length / seconds,
        "training_loss": mean,
        "loss": float(cross_entropy(logits, jnp.array(validation[1:, None]))),
    }

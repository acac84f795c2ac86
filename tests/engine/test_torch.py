"""The whole network against PyTorch's, tensor by tensor."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from engine.optimiser import Adam, AdamSettings
from tests.engine.problems import BACKWARD, Problem

torch = pytest.importorskip("torch")


def reference(problem: Problem) -> tuple[float, dict[str, Any], Any]:
    """Loss, gradients and last hidden state of torch's module with the same parameters."""
    dtype = torch.from_numpy(problem.parameters["head.bias"]).dtype
    tensors = {
        name: torch.tensor(array, dtype=dtype, requires_grad=True)
        for name, array in problem.parameters.items()
    }
    kind = {"gru": torch.nn.GRU, "lstm": torch.nn.LSTM}[problem.cell]
    rnn = kind(problem.architecture.input_size, problem.hidden_size, problem.layers, dtype=dtype)
    state = torch.tensor(problem.state)
    inputs = torch.tensor(problem.exchange.inputs)
    one_hot = torch.nn.functional.one_hot(inputs, problem.characters).to(dtype)
    embedding = tensors.get("embedding.weight")
    x = one_hot if embedding is None else embedding[inputs]
    x = torch.cat([x, *ngrams(problem, tensors)], dim=-1)
    hidden = state if problem.cell == "gru" else (state, torch.tensor(problem.cell_state))
    weights = {name.removeprefix("rnn."): t for name, t in tensors.items() if "rnn." in name}
    if problem.input_norm:
        y, last = behind_norms(problem, weights, x)
    else:
        y, last = torch.func.functional_call(rnn, weights, (x, hidden))
    logits = y @ tensors["head.weight"].T + tensors["head.bias"]
    loss = torch.nn.functional.cross_entropy(
        logits.flatten(0, 1) / problem.temperature, torch.tensor(problem.exchange.targets).flatten()
    )
    loss.backward()
    gradients = {name: tensor.grad for name, tensor in tensors.items()}
    return loss.item(), gradients, last if problem.cell == "gru" else last[0]


def behind_norms(problem: Problem, weights: dict[str, Any], x: Any) -> tuple[Any, Any]:
    """Torch's cells, one layer at a time, over torch's own norm of each gate's input products."""
    kind = {"gru": torch.nn.GRU, "lstm": torch.nn.LSTM}[problem.cell]
    states = []
    for layer in range(problem.layers):
        products = x @ weights[f"weight_ih_l{layer}"].T
        gates = products.unflatten(-1, (-1, problem.hidden_size))
        read = torch.nn.functional.rms_norm(gates, (problem.hidden_size,), eps=1e-5).flatten(-2)
        rnn = kind(read.shape[-1], problem.hidden_size, dtype=x.dtype)
        own = {
            f"{name}_l0": weights[f"{name}_l{layer}"]
            for name in ("weight_hh", "bias_ih", "bias_hh")
        }
        own["weight_ih_l0"] = torch.eye(read.shape[-1], dtype=x.dtype)
        h = torch.tensor(problem.state[layer : layer + 1])
        c = torch.tensor(problem.cell_state[layer : layer + 1])
        hidden = h if problem.cell == "gru" else (h, c)
        x, last = torch.func.functional_call(rnn, own, (read, hidden))
        states.append(last if problem.cell == "gru" else last[0])
    last = torch.cat(states)
    return x, last if problem.cell == "gru" else (last, None)


def ngrams(problem: Problem, tensors: dict[str, Any]) -> list[Any]:
    """What torch looks up for the n-grams of 2 characters and more, each counted out by hand."""
    texts = np.concatenate([problem.recent, problem.exchange.inputs]).T.tolist()  # B texts
    base, before = problem.characters + 1, problem.ngram_order - 1
    looked_up = []
    for n in range(2, problem.ngram_order + 1):
        table = tensors[f"ngrams.weight_{n}"]
        rows = np.zeros((problem.T, problem.B), int)
        for t, b in np.ndindex(rows.shape):
            ngram = texts[b][before + t + 1 - n : before + t + 1]
            value = sum((c + 1) * base**place for place, c in enumerate(reversed(ngram)))
            rows[t, b] = value % len(table)
        looked_up.append(table[torch.tensor(rows)])
    return looked_up


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-9), (np.float32, 1e-4)])
@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("input_norm", [False, True], ids=["plain", "norm"])
@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_forward_and_all_gradients_equal_torch(
    cell: str, input_norm: bool, layers: int, processes: int, dtype: type[Any], tolerance: float
) -> None:
    problem = Problem(
        cell,
        layers,
        embedding_size=8 * (layers > 1),
        ngram_order=layers,
        input_norm=input_norm,
        temperature=0.9 if input_norm else 1.0,
        processes=processes,
        hidden_size=24,
        characters=30,
        T=11,
        B=5,
        dtype=dtype,
    )
    try:
        loss, gradients, last = reference(problem)
        assert problem.loss(BACKWARD) == pytest.approx(loss, rel=tolerance)
        np.testing.assert_allclose(problem.exchange.state, last.detach(), atol=tolerance)
        for name, gradient in gradients.items():
            size = float(gradient.abs().max())
            error = float(np.abs(problem.gradients[name] - gradient.numpy()).max()) / size
            assert error < tolerance, f"{name}: relative error {error:.1e}"
    finally:
        problem.team.close()


NADAM = partial(  # a schedule of beta1 that is over before the first step
    torch.optim.NAdam, decoupled_weight_decay=True, momentum_decay=1e6
)


@pytest.mark.parametrize(
    ("nesterov", "optimiser_of", "tolerance"),
    [(False, torch.optim.AdamW, 1e-12), (True, NADAM, 1e-6)],  # NAdam keeps products in float32
    ids=["adamw", "nadam"],
)
@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_adam_equals_torch_over_fifty_steps(
    weight_decay: float, nesterov: bool, optimiser_of: Callable[..., Any], tolerance: float
) -> None:
    rng = np.random.default_rng(1)
    start = {"head.weight": rng.normal(size=(5, 4)), "head.bias": rng.normal(size=5)}
    ours = {name: array.copy() for name, array in start.items()}
    gradients = {name: np.zeros_like(array) for name, array in start.items()}
    first = {name: np.zeros_like(array) for name, array in start.items()}
    second = {name: np.zeros_like(array) for name, array in start.items()}
    adam = Adam(ours, gradients, first, second, hidden_size=4)
    theirs = {name: torch.tensor(array, requires_grad=True) for name, array in start.items()}
    groups = [
        {"params": [theirs["head.weight"]], "weight_decay": weight_decay},
        {"params": [theirs["head.bias"]], "weight_decay": 0.0},
    ]
    optimiser = optimiser_of(groups, lr=0.01, betas=(0.9, 0.99))
    for step in range(1, 51):
        for name, tensor in theirs.items():
            gradient = rng.normal(size=start[name].shape)
            gradients[name][:] = gradient
            tensor.grad = torch.tensor(gradient)
        adam.update(AdamSettings(0.01, weight_decay, 0.9, 0.99, step, nesterov), 1.0, used={})
        optimiser.step()
    for name, tensor in theirs.items():
        np.testing.assert_allclose(ours[name], tensor.detach(), rtol=tolerance, err_msg=name)


def cifg_reference(problem: Problem) -> tuple[float, dict[str, Any]]:
    """Loss and gradients of a coupled-gate LSTM written out in torch, for autograd to check."""
    tensors = {
        name: torch.tensor(array, requires_grad=True) for name, array in problem.parameters.items()
    }
    inputs = torch.tensor(problem.exchange.inputs)
    x = torch.nn.functional.one_hot(inputs, problem.characters).double()
    for layer in range(problem.layers):
        h, c = torch.tensor(problem.state[layer]), torch.tensor(problem.cell_state[layer])
        outputs = []
        for x_t in x:
            a = x_t @ tensors[f"rnn.weight_ih_l{layer}"].T + tensors[f"rnn.bias_ih_l{layer}"]
            a = a + h @ tensors[f"rnn.weight_hh_l{layer}"].T + tensors[f"rnn.bias_hh_l{layer}"]
            i, g, o = a.chunk(3, dim=1)
            c = (1 - i.sigmoid()) * c + i.sigmoid() * g.tanh()
            h = o.sigmoid() * c.tanh()
            outputs.append(h)
        x = torch.stack(outputs)
    logits = x @ tensors["head.weight"].T + tensors["head.bias"]
    targets = torch.tensor(problem.exchange.targets).flatten()
    loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets)
    loss.backward()
    return loss.item(), {name: tensor.grad for name, tensor in tensors.items()}


def test_cifg_equals_its_equations_under_autograd() -> None:
    problem = Problem("cifg", layers=2, hidden_size=10, characters=9, T=7, B=4)
    loss, gradients = cifg_reference(problem)
    assert problem.loss(BACKWARD) == pytest.approx(loss, rel=1e-12)
    for name, gradient in gradients.items():
        np.testing.assert_allclose(
            problem.gradients[name], gradient, rtol=1e-9, atol=1e-12, err_msg=name
        )

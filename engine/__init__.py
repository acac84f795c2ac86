"""Recurrent character language models from scratch in NumPy: train, evaluate, generate.

from engine import Hyperparameters, Trainer, generate
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.checkpoint import load_checkpoint
    from engine.evaluation import evaluate
    from engine.hyperparameters import Hyperparameters
    from engine.machine import choose_processes
    from engine.model import Model
    from engine.sampling import generate, generate_samples
    from engine.trainer import Trainer

__all__ = [
    "Hyperparameters",
    "Model",
    "Trainer",
    "choose_processes",
    "evaluate",
    "generate",
    "generate_samples",
    "load_checkpoint",
]

_ROOMS = {
    "Hyperparameters": "engine.hyperparameters",
    "Model": "engine.model",
    "Trainer": "engine.trainer",
    "choose_processes": "engine.machine",
    "evaluate": "engine.evaluation",
    "generate": "engine.sampling",
    "generate_samples": "engine.sampling",
    "load_checkpoint": "engine.checkpoint",
}


def __getattr__(name: str) -> Any:
    """Import on first use, so that whoever only follows a run does not wait for NumPy."""
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_ROOMS[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """What help() and a notebook's completion list, also before its first use."""
    return sorted({*globals(), *__all__})

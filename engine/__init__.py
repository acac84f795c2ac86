"""Recurrent character language models from scratch in NumPy: train, evaluate, generate.

from engine import Hyperparameters, Trainer, generate
"""

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

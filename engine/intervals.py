"""How often a run validates, saves and samples; an interval of 0 follows the text's size."""

from engine.batches import Batches
from engine.hyperparameters import Hyperparameters

FEWEST_STEPS, MOST_STEPS = 25, 1000  # between validations, when they follow the epochs
SAMPLES_PART = 400  # characters trained for each character of a sample


def validate_every(settings: Hyperparameters, batches: Batches) -> int:
    """Steps between validations: by default once an epoch, within reason."""
    return settings.validate_every or min(MOST_STEPS, max(FEWEST_STEPS, batches.steps))


def checkpoint_every(settings: Hyperparameters, batches: Batches) -> int:
    """Steps between checkpoints: by default after each validation."""
    return settings.checkpoint_every or validate_every(settings, batches)


def sample_every(settings: Hyperparameters, batches: Batches) -> int:
    """Steps between samples: by default such that they cost about a hundredth of the time."""
    trained = batches.batch_size * batches.sequence_length
    return settings.sample_every or max(1, SAMPLES_PART * settings.sample_length // trained)

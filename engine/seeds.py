"""What random numbers are for: with the random seed and a counter, each purpose seeds its own.

So no generator's state has to be carried along, and no two purposes ever draw the same numbers.
"""

import numpy as np

INITIAL, OFFSETS, SAMPLES, MASKS = 1, 2, 3, 4


def seeds(random_seed: int, purpose: int, counter: int = 0) -> tuple[int, int, int]:
    """What a bit generator of NumPy takes as its seed."""
    return random_seed, purpose, counter


def generator(random_seed: int, purpose: int, counter: int = 0) -> np.random.Generator:
    """A new generator for the `counter`th time that this purpose needs one."""
    return np.random.default_rng(seeds(random_seed, purpose, counter))

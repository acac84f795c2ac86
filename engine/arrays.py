"""Names for the kinds of array that the engine passes around."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Ids = NDArray[np.integer[Any]]
Parameters = dict[str, Floats]

"""Names for the kinds of array that the engine passes around."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Ids = NDArray[np.integer[Any]]
Parameters = Mapping[str, Floats]

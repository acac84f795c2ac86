"""The models that the frameworks are compared on."""

import argparse
from typing import NamedTuple

SEQUENCE_LENGTH = 64


class Point(NamedTuple):
    """A model and its batch."""

    layers: int
    hidden_size: int
    batch_size: int

    @classmethod
    def parse(cls, text: str) -> "Point":
        """Of "2x512x64". Raises argparse's error for anything else."""
        try:
            layers, hidden_size, batch_size = (int(part) for part in text.split("x"))
        except ValueError:
            raise argparse.ArgumentTypeError(
                f"{text!r} is no model; write layers x units x batch, as 2x512x64"
            ) from None
        return cls(layers, hidden_size, batch_size)

    def __str__(self) -> str:
        return f"{self.layers}x{self.hidden_size} batch {self.batch_size}"


SMALL_AND_DEEP = Point(3, 192, 32)  # what learns most in a few minutes
GRIDS = {
    "full": (
        *(
            Point(layers, hidden_size, batch_size)
            for hidden_size in (128, 256, 512, 1024)
            for layers in (1, 2)
            for batch_size in (32, 64)
            if hidden_size < 1024 or batch_size == 64
        ),
        SMALL_AND_DEEP,
    ),
    "quick": (Point(1, 128, 32), Point(1, 256, 64), Point(2, 512, 64), SMALL_AND_DEEP),
}

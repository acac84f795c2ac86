"""Where a run stands: every counter that continuing bit for bit needs."""

import math

import msgspec


class Position(msgspec.Struct, kw_only=True):
    """The trainer's counters.

    `character` is the place in every stream, `offset` where the streams of this epoch
    begin; `characters` and `seconds` are totals; `worse_validations` have come since the
    best one; `rolled_back_at` is the furthest step
    at which training diverged.
    """

    step: int = 0
    adam_step: int = 0
    epoch_index: int = 0
    character: int = 0
    offset: int = 0
    characters: int = 0
    seconds: float = 0.0
    loss: float | None = None
    validation_loss: float | None = None
    validated_at: int = -1
    best_validation_loss: float = math.inf
    is_best: bool = False
    worse_validations: int = 0
    rolled_back_at: int = -1

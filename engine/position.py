"""Where a run stands: every counter that continuing bit for bit needs."""

import math
from typing import Annotated

import msgspec

from engine.events import MOST, Count

Sometime = Annotated[int, msgspec.Meta(ge=-1, le=MOST)]  # a step; -1: not yet


class Position(msgspec.Struct, kw_only=True):
    """The trainer's counters.

    `character` is the place in every stream, `offset` where the streams of this epoch
    begin; `characters` and `seconds` are totals; `is_best`: no checkpoint has the best validation
    loss so far; `worse_validations` have come since it; `rolled_back_at` is the furthest step at
    which training diverged; `finished_at` the step at which a bound was reached. The schedule's
    rest was last laid over the time budget at `laid_at` seconds, with the part `laid_from` of the
    run behind it.
    """

    step: Count = 0
    epoch_index: Count = 0
    character: Count = 0
    offset: Count = 0
    characters: Count = 0
    seconds: float = 0.0
    loss: float | None = None
    validation_loss: float | None = None
    validated_at: Sometime = -1
    best_validation_loss: float = math.inf
    is_best: bool = False
    worse_validations: Count = 0
    rolled_back_at: Sometime = -1
    finished_at: Sometime = -1
    laid_from: float = 0.0
    laid_at: float = 0.0

    def validated(self, loss: float | None) -> None:
        """Note the new loss of the validation part; None: not finite."""
        self.is_best = loss is not None and loss < self.best_validation_loss
        self.worse_validations = 0 if self.is_best else self.worse_validations + 1
        if loss is not None and self.is_best:
            self.best_validation_loss = loss
        self.validation_loss, self.validated_at = loss, self.step

    def lay(self, done: float, seconds: float) -> None:
        """The time budget is another from here on, with the part `done` of the run behind it.

        A run that had reached its end has no rest to lay out: it goes by the whole new budget.
        """
        over = self.finished_at == self.step
        self.laid_from, self.laid_at = (0.0, 0.0) if over else (done, seconds)

"""Where a run stands: every counter that continuing bit for bit needs."""

import math

import msgspec


class Position(msgspec.Struct, kw_only=True):
    """The trainer's counters.

    `character` is the place in every stream, `offset` where the streams of this epoch
    begin; `characters` and `seconds` are totals; `worse_validations` have come since the
    best one; `rolled_back_at` is the furthest step
    at which training diverged; `finished_at` the step at which a bound was reached. The
    schedule's rest was last laid over the time budget at `laid_at` seconds, with the part
    `laid_from` of the run behind it.
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
    finished_at: int = -1
    laid_from: float = 0.0
    laid_at: float = 0.0

    def lay(self, done: float, seconds: float) -> None:
        """The time budget is another from here on, with the part `done` of the run behind it.

        A run that had reached its end has no rest to lay out: it goes by the whole new budget.
        """
        over = self.finished_at == self.step
        self.laid_from, self.laid_at = (0.0, 0.0) if over else (done, seconds)

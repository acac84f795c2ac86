"""Coming back from a diverged step: to the last good checkpoint, with a smaller learning rate."""

import math
from typing import TYPE_CHECKING

import msgspec

from engine.errors import DivergedError
from engine.events import Rollback

if TYPE_CHECKING:
    from engine.trainer import Trainer

MOST_ROLLBACKS = 3


class Recovery:
    """Counts the divergences that no later checkpoint has overcome yet."""

    def __init__(self) -> None:
        self._count = 0
        self._checked = 0  # the step behind whose update the model is known to be sound

    def saved(self, step: int, rolled_back_at: int) -> None:
        """A checkpoint was saved at `step`: what diverged before it is overcome."""
        if step > rolled_back_at:
            self._count = 0

    def check(self, trainer: "Trainer") -> Rollback | None:
        """Before a checkpoint: put `trainer` back if its last update has ruined the model.

        A step measures the loss before its update, so nobody has looked behind the last one,
        unless a validation has. Raises DivergedError.
        """
        position, layout = trainer.position, trainer.layout
        if self._checked == trainer.step:
            return None
        if position.validated_at == trainer.step:
            loss = math.nan if position.validation_loss is None else position.validation_loss
            norm, finite = None, True
        else:
            figures = layout.look(position, trainer.next_step())
            loss, norm, finite = figures.loss, figures.gradient_norm, figures.updated
        if not (finite and layout.workspace.is_sound(loss, position.best_validation_loss)):
            return self.roll_back(trainer, loss, norm)
        self._checked = trainer.step
        return None

    def roll_back(self, trainer: "Trainer", loss: float, norm: float | None) -> Rollback:
        """Put `trainer` back, with half the learning rate; a validation knows no gradient norm.

        Raises DivergedError when that has been done too often in a row.
        """
        self._count += 1
        failed_at, rate = trainer.step, trainer.hyperparameters.learning_rate
        if self._count > MOST_ROLLBACKS:
            clips = trainer.hyperparameters.gradient_clip > 0
            other = "a smaller gradient_clip" if clips else "gradient_clip 1, as 0 never clips"
            raise DivergedError(
                f"the loss diverged {self._count} times in a row, last at step {failed_at} "
                f"with learning rate {rate:g}; try a tenth of it, or {other}"
            )
        before = trainer.position
        trainer.restore()
        self._checked = trainer.step
        position = trainer.position
        # As the clock runs on, so does the schedule as it was last laid over it.
        position.laid_from, position.laid_at = before.laid_from, before.laid_at
        position.rolled_back_at = max(failed_at, before.rolled_back_at)
        trainer.hyperparameters = msgspec.structs.replace(
            trainer.hyperparameters, learning_rate=rate / 2
        )
        figures = f"loss {loss:.4g}" + ("" if norm is None else f", gradient norm {norm:.4g}")
        return Rollback(
            to_step=trainer.step,
            reason=f"training diverged at step {failed_at} ({figures})",
            learning_rate=rate / 2,
        )

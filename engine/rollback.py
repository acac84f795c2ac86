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
    """Counts the divergences since the last good checkpoint that lies beyond them."""

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
            norm, sound = math.nan, layout.workspace.is_sound(loss)
        else:
            figures = layout.look(position, trainer.next_step())
            loss, norm, sound = figures.loss, figures.gradient_norm, figures.updated
        if not sound:
            return self.roll_back(trainer, loss, norm)
        self._checked = trainer.step
        return None

    def roll_back(self, trainer: "Trainer", loss: float, norm: float) -> Rollback:
        """Put `trainer` back, with half the learning rate.

        Raises DivergedError when that has been done too often in a row.
        """
        self._count += 1
        failed_at, rate = trainer.step, trainer.hyperparameters.learning_rate
        if self._count > MOST_ROLLBACKS:
            raise DivergedError(
                f"the loss diverged {self._count} times in a row, last at step {failed_at} "
                f"with learning rate {rate:g}; try a tenth of it, or a smaller gradient_clip"
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
        figures = f"loss {loss:.4g}, gradient norm {norm:.4g}"
        return Rollback(
            to_step=trainer.step,
            reason=f"training diverged at step {failed_at} ({figures})",
            learning_rate=rate / 2,
        )

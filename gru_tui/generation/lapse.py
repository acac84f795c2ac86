"""A run's checkpoints as a sequence in time: each step once, the oldest first."""

from collections.abc import Iterable

from gru_tui.figures import loss_figure
from gru_tui.generation.shelf import Kept


def in_turn(kept: Iterable[Kept]) -> tuple[Kept, ...]:
    """Those that can write, the oldest first; "last" and "best" are steps like the others."""
    by_step = {one.step: one for one in kept if not one.fault}
    return tuple(by_step[step] for step in sorted(by_step))


def heading(kept: Kept) -> str:
    """As in "step 1,200 · epoch 3.1 · validation loss 1.234"."""
    words = f"step {kept.step:,} · epoch {kept.epoch:.1f}"
    if kept.validation_loss is not None:
        words += f" · validation loss {loss_figure(kept.validation_loss)}"
    return words

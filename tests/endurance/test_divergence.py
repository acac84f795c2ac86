"""Row 9: a run that diverges comes back, and no checkpoint holds a model that is lost."""

import itertools
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import corpora
from engine import evaluate
from engine.checkpoint import load_checkpoint
from engine.events import CheckpointSaved, Event, Rollback, State, Validation
from engine.tasks import EXPLODED
from gru_tui.runs.command import send
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from gru_tui.runs.summary import Summary
from tests.endurance.conftest import Figure
from tests.runs.living import at_step, both, live
from tests.runs.making import TEXT, events, last, new_run, of

CORPUS = corpora.from_text(TEXT)
LOST = EXPLODED * math.log(len(CORPUS.vocabulary))  # nats per character
PLAN: dict[str, Any] = {"steps": 24, "epochs": 0, "validate_every": 1000, "warm_up": 0}
CASES = [
    # cell, layers, learning rate, steps between checkpoints, gradient_clip
    ("gru", 1, 1e6, 1, 1.0),  # so large that each step ruins the model, and each is saved
    ("gru", 2, 1e6, 7, 1.0),
    ("lstm", 1, 1e6, 3, 0.0),
    ("cifg", 1, 1e9, 1, 0.0),
    ("lstm", 2, 1e3, 2, 1.0),  # exploding, and finite all the time
    ("cifg", 2, 1e3, 1, 0.0),
]


def sound_checkpoints(run: Run, counted: list[int]) -> Callable[[Event], None]:
    """Whenever a checkpoint was saved, its model is finite and better than far off."""

    def hear(event: Event) -> None:
        if isinstance(event, CheckpointSaved):
            loss = evaluate(load_checkpoint(last(run)).model, CORPUS.ids[:400])
            assert math.isfinite(loss), f"step {event.step}"
            assert loss < LOST, f"step {event.step} was saved with loss {loss:g}"
            counted.append(event.step)

    return hear


@pytest.mark.rounds(short=2, long=len(CASES) * 3)
def test_a_rate_far_too_high_never_reaches_a_checkpoint_and_lower_ones_go_on(
    tmp_path: Path, rounds: int, figure: Figure
) -> None:
    saved: list[int] = []
    rollbacks = 0
    for number, case in zip(range(rounds), itertools.cycle(CASES), strict=False):
        cell, layers, rate, every, clip = case
        run = new_run(
            Store(tmp_path / str(number)),
            **{**PLAN, "layers": layers, "random_seed": number, "gradient_clip": clip},
            cell=cell,
            checkpoint_every=every,
        )
        set_now = at_step(
            10,
            lambda run=run, rate=rate: send(  # type: ignore[misc]
                run, "set", changes={"learning_rate": rate}, when="now"
            ),
        )
        status = live(run, both(set_now, sound_checkpoints(run, saved)))
        found = events(run)
        marked = of(Rollback, found)
        assert marked, case
        assert all("diverged at step" in event.reason for event in marked)
        assert marked[0].learning_rate == rate / 2
        final = found[-1]
        assert isinstance(final, State)
        assert (status, final.state) in {(1, "failed"), (0, "finished")}
        if final.state == "failed":
            assert len(marked) == 3
            assert "try a tenth of it" in final.reason
        send(run, "set", changes={"learning_rate": 0.003, "steps": 30}, when="now")
        assert live(run, sound_checkpoints(run, saved)) == 0
        assert Summary(run).state == "finished"
        rollbacks += len(marked)
    figure(
        f"row 9: {rounds} of {rounds} runs rolled back ({rollbacks} marked events) and came to "
        f"their end; none of {len(saved)} checkpoints held a lost model"
    )


def test_a_validation_that_shows_a_lost_model_keeps_it_from_the_checkpoint(store: Store) -> None:
    run = new_run(
        store, steps=40, epochs=0, warm_up=0, learning_rate=1e6, validate_every=1, gradient_clip=0
    )
    saved: list[int] = []
    assert live(run, sound_checkpoints(run, saved)) == 1
    assert of(Rollback, events(run))
    assert all(event.step <= 1 for event in of(Validation, events(run)))
    assert set(saved) == {0}

"""What the Train screen says and offers for a run that has reached an end."""

from dataclasses import replace

import pytest

from engine.hyperparameters import Hyperparameters
from gru_tui.draft import Draft
from gru_tui.picture import Picture
from gru_tui.screens.proposals import OF_A_RUN, Words, goes_beyond, label, possible, why_not

# How far a run has come, the bounds in force, and whether the form's bounds lead beyond.
BY_TIME = {"epochs": 0, "max_seconds": 60}
BY_EPOCHS = {"epochs": 5}
BY_STEPS = {"epochs": 0, "steps": 300}
BY_PATIENCE = {"epochs": 9, "patience": 3}


def finished(bounds: dict[str, int], **typed: str) -> tuple[Picture, Draft]:
    """A run at step 300, in its epoch 5, after 59.4 seconds; and the form with what was typed."""
    in_force = Hyperparameters.from_mapping(bounds).to_mapping()
    picture = Picture(
        "261124-210512",
        "fox",
        state="finished",
        step=300,
        epoch=5.0,
        seconds=59.4,
        hyperparameters=in_force,
    )
    draft = Draft()
    draft.rebase(in_force, fixed=True)
    for name, text in typed.items():
        draft.type(name, text)
    return picture, draft


@pytest.mark.parametrize("bounds", [BY_TIME, BY_EPOCHS, BY_STEPS, BY_PATIENCE])
def test_a_finished_run_as_it_is_is_not_offered_to_go_on(bounds: dict[str, int]) -> None:
    picture, draft = finished(bounds)
    assert not goes_beyond(picture, draft)
    assert label("start_or_pause", picture, draft) == ""


@pytest.mark.parametrize(
    ("bounds", "typed"),
    [
        (BY_TIME, {"max_seconds": "61"}),
        (BY_TIME, {"max_seconds": "0"}),
        (BY_EPOCHS, {"epochs": "6"}),
        (BY_EPOCHS, {"epochs": "0"}),
        ({**BY_EPOCHS, "max_seconds": 60}, {"epochs": "6"}),
        (BY_STEPS, {"steps": "301"}),
        (BY_PATIENCE, {"patience": "4"}),
        (BY_PATIENCE, {"patience": "0"}),
        ({**BY_PATIENCE, "max_seconds": 60}, {"max_seconds": "90"}),
        ({**BY_PATIENCE, "max_seconds": 600}, {"patience": "4"}),
    ],
)
def test_a_later_end_lets_it_go_on(bounds: dict[str, int], typed: dict[str, str]) -> None:
    picture, draft = finished(bounds, **typed)
    assert goes_beyond(picture, draft)
    assert label("start_or_pause", picture, draft) == "Go on"


@pytest.mark.parametrize(
    ("bounds", "typed"),
    [
        (BY_TIME, {"max_seconds": "59.9"}),
        (BY_TIME, {"max_seconds": "90", "steps": "300"}),
        (BY_EPOCHS, {"epochs": "5", "steps": "900"}),
        (BY_EPOCHS, {"epochs": "6", "max_seconds": "30"}),
        (BY_STEPS, {"epochs": "9"}),
        (BY_PATIENCE, {"epochs": "20"}),
        (BY_PATIENCE, {"max_seconds": "900"}),
        ({**BY_PATIENCE, "max_seconds": 60}, {"patience": "4"}),
        ({**BY_PATIENCE, "max_seconds": 600}, {"max_seconds": "900"}),
    ],
)
def test_another_bound_that_is_reached_already_does_not(
    bounds: dict[str, int], typed: dict[str, str]
) -> None:
    assert not goes_beyond(*finished(bounds, **typed))


@pytest.mark.parametrize(("loss", "has_none"), [(None, True), (1.5, False)])
def test_a_run_whose_curves_are_not_drawn_yet_is_not_said_to_have_no_steps(
    loss: float | None, has_none: bool
) -> None:
    picture = Picture("261130-000000", "fox", state="finished", loss=loss)
    words = Words(picture, Draft(), corpus="sonnets").empty_chart
    assert ("no steps" in words) == has_none


@pytest.mark.parametrize("state", [None, "running", "paused", "stopped", "finished"])
def test_what_can_do_nothing_says_why_and_nothing_else_does(state: str | None) -> None:
    picture, draft = finished(BY_EPOCHS)
    seen = replace(picture, state=state) if state else None
    for action in (*OF_A_RUN, "undo_edits", "start_or_pause", "corpus"):
        assert bool(why_not(action, seen, draft)) != possible(action, seen, draft), action


def test_the_reason_is_that_of_the_runs_screen() -> None:
    assert why_not("stop", *finished(BY_EPOCHS)) == "fox is finished; there is nothing to stop."

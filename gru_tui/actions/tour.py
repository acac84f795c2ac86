"""The demonstration on the Train screen, and the notes that explain it."""

from gru_tui.actions.action import Action

TOUR: tuple[Action, ...] = (
    Action(
        "demo",
        ("d",),
        "Demonstration",
        "Where no run is shown: start a small run whose loss falls at once, with a short tour.",
        "train",
    ),
    Action("tour_next", ("enter",), "Next note", "The next note of the tour.", "train"),
    Action(
        "tour_never",
        ("exclamation_mark",),
        "No tour",
        "Close the tour's notes, now and for ever.",
        "train",
    ),
)

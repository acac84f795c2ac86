"""Taking away what the Train screen shows."""

from gru_tui.actions.action import Action

TAKING: tuple[Action, ...] = (
    Action(
        "copy_sample",
        ("y",),
        "Copy the sample",
        "Send the newest sample to the terminal's clipboard.",
        "train",
    ),
    Action(
        "save_shown",
        ("s",),
        "Save chart or samples",
        "Write the chart (.svg, .png), its figures (.csv) or the samples (.txt) to a file.",
        "train",
    ),
)

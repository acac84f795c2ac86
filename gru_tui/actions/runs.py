"""What can be done with the runs."""

from gru_tui.actions.action import Action

RUNS: tuple[Action, ...] = (
    Action(
        "open_run", ("enter",), "Open", "Show this run on the Train screen.", "runs", footer=True
    ),
    Action(
        "select_run",
        ("space",),
        "Select",
        "Take this run into the comparison, or out; the first is the baseline, eight are the most.",
        "runs",
        footer=True,
    ),
    Action(
        "filter_runs",
        ("slash",),
        "Filter",
        "Show only runs with these words in name, corpus or tags, and these values: tag:x, "
        "lr<0.01, cell=gru, state=running, best<1.5, any hyperparameter; -word for the opposite.",
        "runs",
        footer=True,
    ),
    Action(
        "resume_run",
        ("r",),
        "Resume",
        "Go on with this run: at once if it is paused, else from its last checkpoint.",
        "runs",
        footer=True,
    ),
    Action("pause_run", ("p",), "Pause", "Hold this run between two steps.", "runs", footer=True),
    Action(
        "stop_run",
        ("x",),
        "Stop",
        "Stop this run after a last checkpoint. It can be resumed later.",
        "runs",
        footer=True,
    ),
    Action(
        "fork_run",
        ("f",),
        "Fork",
        "Begin a new run from a checkpoint of this one, with changed hyperparameters.",
        "runs",
        footer=True,
    ),
    Action(
        "side_by_side",
        ("b",),
        "Side by side",
        "Let two checkpoints, of this run or of two selected ones, write from the same seed text "
        "and random seed.",
        "runs",
        footer=True,
    ),
    Action(
        "time_lapse",
        ("w",),
        "Time-lapse",
        "Let each checkpoint of this run go on from the same seed text, the oldest first: watch "
        "it learn.",
        "runs",
        footer=True,
    ),
    Action(
        "show_differences",
        ("h",),
        "Hyperparameters",
        "Of the selected runs: what differs, then everything; on a small screen in the chart's "
        "place.",
        "runs",
    ),
    Action(
        "sort_runs",
        ("s",),
        "Sort",
        "Order the runs by the next column; its head shows an arrow.",
        "runs",
        footer=True,
    ),
    Action("reverse_order", ("v",), "Reverse", "Turn the order of the runs round.", "runs"),
    Action("tag_run", ("t",), "Tags", "Give this run tags to filter by.", "runs", footer=True),
    Action(
        "pin_run",
        ("i",),
        "Pin",
        "Keep this run above the others, or no longer.",
        "runs",
        footer=True,
    ),
    Action("rename_run", ("n",), "Rename", "Give this run another name.", "runs", footer=True),
    Action("note_run", ("o",), "Note", "Write a line about this run.", "runs", footer=True),
    Action(
        "delete_run",
        ("d", "delete"),
        "Delete",
        "Delete this run with its checkpoints and its history. Asks first.",
        "runs",
        footer=True,
    ),
    Action(
        "cycle_axis",
        ("e",),
        "Steps / epochs / minutes / characters",
        "Change what the horizontal axis of the comparison counts.",
        "runs",
    ),
    Action(
        "toggle_log",
        ("l",),
        "Linear / log",
        "Change the comparison's vertical axis between linear and logarithmic.",
        "runs",
    ),
    Action(
        "step_back",
        ("escape",),
        "Back",
        "Leave the filter and clear it; else let go of the selected runs.",
        "runs",
        footer=True,
    ),
)

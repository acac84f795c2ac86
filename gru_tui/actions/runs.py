"""What can be done with the runs."""

from gru_tui.actions.action import Action

RUNS: tuple[Action, ...] = (
    Action(
        "open_run", ("enter",), "Open", "Show this run on the Train screen.", "runs", footer=True
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
)

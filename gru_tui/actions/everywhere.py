"""What every screen can do."""

from gru_tui.actions.action import Action

EVERYWHERE: tuple[Action, ...] = (
    Action(
        "show_train",
        ("1",),
        "Train",
        "The screen on which a run is set up, watched and steered.",
        "app",
        command="show('train')",
    ),
    Action(
        "show_runs",
        ("2",),
        "Runs",
        "The screen with every run: open, resume, fork, compare, delete.",
        "app",
        command="show('runs')",
    ),
    Action(
        "show_generate",
        ("3",),
        "Generate",
        "The screen on which a trained model writes.",
        "app",
        command="show('generate')",
    ),
    Action(
        "command_palette",
        ("ctrl+p",),
        "Commands",
        "Search everything that can be done on this screen, and do it.",
        "app",
        footer=True,
        always=True,
    ),
    Action(
        "help",
        ("question_mark", "f1"),
        "Help",
        "This page: every key of this screen.",
        "app",
        footer=True,
    ),
    Action(
        "change_theme",
        (),
        "Theme",
        "Choose another theme, dark or light.",
        "app",
    ),
    Action(
        "screenshot",
        (),
        "Save a picture of the screen",
        "Write the screen as an SVG file into the current folder.",
        "app",
        command="picture",
    ),
    Action(
        "leave",
        ("ctrl+q",),
        "Leave",
        "Close the app. A run that trains goes on without it.",
        "app",
        footer=True,
        always=True,
    ),
)

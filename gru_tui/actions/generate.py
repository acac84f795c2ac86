"""Having a model write."""

from gru_tui.actions.action import Action

GENERATE: tuple[Action, ...] = (
    Action(
        "generate",
        ("ctrl+g",),
        "Generate/stop",
        "Let the model write, or stop it.",
        "generate",
        footer=True,
        always=True,
    ),
    Action(
        "again",
        ("a",),
        "Again",
        "Write once more from the same beginning, with another random seed.",
        "generate",
        footer=True,
    ),
    Action(
        "continue",
        ("m",),
        "More",
        "Let the model go on behind the text that stands there.",
        "generate",
        footer=True,
    ),
    Action(
        "copy",
        ("y",),
        "Copy",
        "Send the text, or what the mouse has selected of it, to the terminal's clipboard.",
        "generate",
        footer=True,
    ),
    Action("save", ("s",), "Save", "Write the text to a file.", "generate", footer=True),
    Action(
        "leave_field",
        ("escape",),
        "Leave field",
        "Go from a field back to the text, where single letters are keys.",
        "generate",
        footer=True,
    ),
)

"""The one table of actions: keys, footer, command palette, help and README are written from it.

No Textual in here: `gru_tui.screens.keys` turns the rows into bindings.
"""

from dataclasses import dataclass
from typing import Literal

Scope = Literal["app", "train", "runs", "generate"]

SCOPES: dict[Scope, str] = {
    "app": "Everywhere",
    "train": "Train",
    "runs": "Runs",
    "generate": "Generate",
}


@dataclass(frozen=True)
class Action:
    """Something that a person can do on the screens of its scope.

    `command` is what Textual runs, on the screen of the scope (or on the app): the
    method `action_<command>`. An `always` key also works while a field has the focus.
    Keys after the first are alternatives.
    """

    id: str
    keys: tuple[str, ...]
    label: str
    help: str
    scope: Scope
    footer: bool = False
    always: bool = False
    command: str = ""

    @property
    def runs(self) -> str:
        """The action string that Textual parses."""
        return self.command or self.id

    @property
    def shown_keys(self) -> str:
        """The keys as a person reads them, "" when there are none."""
        return ", ".join(shown_key(key) for key in self.keys)


NAMED_KEYS = {
    "question_mark": "?",
    "slash": "/",
    "space": "space",
    "escape": "esc",
    "pageup": "page up",
    "pagedown": "page down",
    "plus": "+",
    "minus": "-",
    "comma": ",",
    "full_stop": ".",
}


def shown_key(key: str) -> str:
    """A key as the footer writes it: ^s, ?, page up."""
    if key.startswith("ctrl+"):
        return "^" + key.removeprefix("ctrl+")
    if key.startswith("shift+"):
        return "shift " + shown_key(key.removeprefix("shift+"))
    return NAMED_KEYS.get(key, key)


ACTIONS: tuple[Action, ...] = (
    # --- Train ---
    Action(
        "start_or_pause",
        ("ctrl+s",),
        "Start / pause",
        "Start a run with this corpus and these hyperparameters; pause the run that trains; "
        "go on with one that is paused, stopped or interrupted.",
        "train",
        footer=True,
        always=True,
    ),
    Action(
        "apply_now",
        ("ctrl+a",),
        "Apply now",
        "Give the changed hyperparameters (marked *) to the run before its next step.",
        "train",
        footer=True,
        always=True,
    ),
    Action(
        "apply_at_epoch",
        ("ctrl+e",),
        "Apply at epoch",
        "Give the changed hyperparameters (marked *) to the run when its next epoch begins.",
        "train",
        footer=True,
        always=True,
    ),
    Action(
        "undo_edits",
        ("u",),
        "Undo edits",
        "Put the fields back to what the run uses now.",
        "train",
        footer=True,
    ),
    Action(
        "leave_field",
        ("escape",),
        "Back",
        "Leave the field or the list; on a small screen, close it.",
        "train",
        footer=True,
    ),
    Action(
        "corpus",
        ("c",),
        "Corpus",
        "Go to the corpora: choose one, or open a text.",
        "train",
        footer=True,
    ),
    Action(
        "hyperparameters",
        ("h",),
        "Hyperparameters",
        "Go to the form with the hyperparameters.",
        "train",
        footer=True,
    ),
    Action(
        "stop",
        ("x",),
        "Stop",
        "Stop the run after a last checkpoint. It can be resumed later.",
        "train",
        footer=True,
    ),
    Action(
        "new_run",
        ("n",),
        "New run",
        "Leave the shown run as it is and set up another: corpus, hyperparameters, start.",
        "train",
        footer=True,
    ),
    Action(
        "sample_now",
        ("ctrl+t",),
        "Sample",
        "Have the model write a sample before its next step.",
        "train",
        footer=True,
        always=True,
    ),
    Action(
        "checkpoint_now",
        ("ctrl+k",),
        "Checkpoint",
        "Have the run save a checkpoint before its next step.",
        "train",
        footer=True,
        always=True,
    ),
    Action(
        "fork",
        ("f",),
        "Fork",
        "Begin a new run from this run's last checkpoint, with what the form says.",
        "train",
        footer=True,
    ),
    Action(
        "open_text",
        ("o",),
        "Open a text",
        "Choose a file or a folder of your own as the corpus.",
        "train",
        footer=True,
    ),
    Action(
        "toggle_perplexity",
        ("p",),
        "Loss / perplexity",
        "Show loss with perplexity on an axis at the right, or perplexity alone.",
        "train",
    ),
    Action(
        "toggle_log",
        ("l",),
        "Linear / log",
        "Change the chart's vertical axis between linear and logarithmic.",
        "train",
    ),
    Action(
        "cycle_axis",
        ("e",),
        "Steps / epochs / minutes",
        "Change what the chart's horizontal axis counts.",
        "train",
    ),
    Action(
        "cycle_smoothing",
        ("m",),
        "Smoothing",
        "Smooth the training curve more, less, or not at all.",
        "train",
    ),
    Action(
        "follow_samples",
        ("end",),
        "Newest sample",
        "Go to the newest sample and follow the next ones.",
        "train",
    ),
    # --- Runs ---
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
    # --- Generate ---
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
    # --- everywhere ---
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


def actions(*scopes: Scope) -> tuple[Action, ...]:
    """The rows of these scopes, in the table's order."""
    return tuple(action for action in ACTIONS if action.scope in scopes)


def action(identity: str) -> Action:
    """The row of that id; KeyError when there is none."""
    for row in ACTIONS:
        if row.id == identity:
            return row
    raise KeyError(identity)


def as_markdown() -> str:
    """The README's tables of keys, one a scope."""
    parts = []
    for scope, title in SCOPES.items():
        rows = actions(scope)
        if rows:
            lines = [f"| {row.shown_keys} | {row.label} | {row.help} |" for row in rows]
            parts.append("\n".join([f"**{title}**", "", "| key | | |", "|---|---|---|", *lines]))
    return "\n\n".join(parts) + "\n"

"""The settings that a configuration file may have, beside the keys."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Setting:
    """A row: its section, its name, what kind of value it takes, and what it is for."""

    section: str
    name: str
    kind: type
    example: str  # as it stands in a file
    help: str

    @property
    def expected(self) -> str:
        """The kind in words."""
        return {
            bool: "true or false",
            str: f"text in quotation marks, as in {self.example}",
            list: f"a list of words, as in {self.example}",
        }[self.kind]


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "app",
        "theme",
        str,
        '"river"',
        "The colours. The theme that you choose in the app is remembered; this one goes before it.",
    ),
    Setting(
        "app",
        "ascii",
        bool,
        "false",
        "Only characters that every terminal has. Without this line LANG and LC_ALL decide.",
    ),
    Setting("app", "mouse", bool, "true", "Whether the app listens to the mouse."),
    Setting(
        "notify",
        "bell",
        bool,
        "false",
        "Ring the terminal's bell when a run finishes, fails, diverges or plateaus.",
    ),
    Setting(
        "notify",
        "osc9",
        bool,
        "false",
        "Let the terminal show a notification then (OSC 9; iTerm2, kitty, WezTerm and others).",
    ),
    Setting(
        "notify",
        "command",
        list,
        '["notify-send", "gru-tui"]',
        "Run this command then; the sentence is added as its last word. No shell reads it.",
    ),
)
SECTIONS = ("keys", *dict.fromkeys(row.section for row in SETTINGS))


def setting(section: str, name: str) -> Setting | None:
    """The row of that name in that section."""
    return next((row for row in SETTINGS if (row.section, row.name) == (section, name)), None)

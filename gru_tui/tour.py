"""Five short notes on the Train screen, and whether they are wanted. Reads and writes a file."""

from dataclasses import dataclass
from pathlib import Path

from corpora.errors import ReportedError
from gru_tui.actions import worded
from gru_tui.runs.home import make_folder

FILE = "no-tour"  # in the data directory; that it is there says all


@dataclass(frozen=True)
class TourNote:
    """One note: a title for the frame, and two lines of text at 60 columns."""

    title: str
    text: str  # {sample_now} stands for the key of that action

    @property
    def words(self) -> str:
        """The text with the keys in force."""
        return worded(self.text)


NOTES = (
    TourNote(
        "The chart",
        "The line is the training loss: the lower, the less the text surprises the model. "
        "Dots are measured on text that it never trains on.",
    ),
    TourNote(
        "The sample",
        "Every few seconds the model writes, from noise towards language. "
        "{sample_now} asks for a sample at once.",
    ),
    TourNote(
        "Changing it while it runs",
        "{hyperparameters} goes to the hyperparameters. Halve the learning rate, then {apply_now}: "
        "the chart marks where it took effect. {leave_field} leads back here.",
    ),
    TourNote(
        "Leaving",
        "{leave} closes the app and the run goes on by itself. gru-tui shows it again, with all "
        "that happened meanwhile.",
    ),
    TourNote(
        "Writing with it",
        "{show_generate} opens Generate: give it a beginning, and the model goes on from "
        "there, also while it still trains.",
    ),
)


def is_wanted(data_dir: Path) -> bool:
    """Whether nobody has said that the notes are never to be shown again."""
    return not (data_dir / FILE).exists()


def never_again(data_dir: Path) -> None:
    """Remember that they are not wanted. Raises ReportedError."""
    make_folder(data_dir)
    path = data_dir / FILE
    try:
        path.touch(mode=0o600)
    except OSError as error:
        raise ReportedError(f"{path} cannot be written ({error.strerror})") from error

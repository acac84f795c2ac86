"""What the workers tell the screens: small dataclasses; of a burst only the last one counts."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from textual.message import Message

if TYPE_CHECKING:
    from gru_tui.curves.thinning import Curves
    from gru_tui.facts import Facts
    from gru_tui.picture import Note, Picture

Severity = Literal["information", "warning", "error"]


def failure(error: OSError) -> str:
    """What a person is told when the system has refused something."""
    where = f" ({error.filename})" if error.filename else ""
    return f"That failed: {error.strerror or error}{where}."


@dataclass
class RunSeen(Message):
    """How the watched run stands now."""

    picture: "Picture"

    def can_replace(self, message: Message) -> bool:
        """A newer picture makes an older one of the same run worthless."""
        return isinstance(message, RunSeen) and message.picture.run_id == self.picture.run_id


@dataclass
class RunLeft(Message):
    """No run is looked at any more: another one is being set up."""


@dataclass
class RunGone(Message):
    """The watched run's directory is not there any more."""

    run_id: str


@dataclass
class CurvesDrawn(Message):
    """The chart's points, thinned to its width."""

    run_id: str
    curves: "Curves"

    def can_replace(self, message: Message) -> bool:
        """Only the newest curves are worth drawing."""
        return isinstance(message, CurvesDrawn)


@dataclass
class NotesArrived(Message):
    """Samples and remarks of the watched run, in order; none may be lost, so none is replaced."""

    run_id: str
    notes: "tuple[Note, ...]"
    afresh: bool  # True: forget the earlier ones


@dataclass
class Told(Message):
    """A sentence for the person at the keyboard."""

    text: str
    severity: Severity = "information"


@dataclass
class Refused(Message):
    """The watched run has answered that it does not do what that command asks for."""

    command: str
    message: str


@dataclass
class Noticed(Message):
    """The watched run has finished, failed, diverged or come to a plateau, in a sentence."""

    text: str


@dataclass
class LookFailed(Message):
    """The runs could not be looked at; they will be looked at again."""

    fault: str


@dataclass
class CorporaListed(Message):
    """What there is to learn."""

    facts: "tuple[Facts, ...]"


@dataclass
class CorpusLoaded(Message):
    """One corpus with its figures, or what is wrong with it."""

    facts: "Facts"


News = RunSeen | RunGone | CurvesDrawn | NotesArrived | Refused | Noticed | Told
"""What a watcher has to say."""

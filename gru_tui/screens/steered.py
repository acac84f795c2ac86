"""The actions that start, steer and end a run; the Train screen adds what one sees of it."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from textual import on, work
from textual.message import Message
from textual.screen import Screen

from corpora.errors import ReportedError
from gru_tui.actions import worded
from gru_tui.context import Context
from gru_tui.draft import Draft, When, as_text
from gru_tui.panes.field_row import FieldRow
from gru_tui.panes.messages import Noticed, Refused, Severity, Told, failure
from gru_tui.picture import Picture
from gru_tui.runs.states import TRAINING
from gru_tui.screens.proposals import command_lines, goes_beyond
from gru_tui.steering import Steering
from gru_tui.terminal.glyphs import plain

DEFAULT_CORPUS = "sonnets"
Task = Callable[[], Message | str | None]
RESUMABLE = frozenset({"stopped", "interrupted", "failed"})


class SteeredScreen(Screen[None]):
    """Knows a draft and, once there is one, a run. Files and processes are met in threads."""

    @dataclass
    class Began(Message):
        """A run was created and trains; `words` say so where that is not plain to see."""

        run_id: str
        words: str = ""

    @dataclass
    class Sent(Message):
        """The run was asked for these changes, by a command of that id; "" if that failed."""

        changes: dict[str, Any]
        command: str = ""

    @dataclass
    class Withdrew(Message):
        """The run was asked not to make changes that still wait."""

        names: frozenset[str]

    @dataclass
    class Spent(Message):
        """The start, resume or fork that was under way is done, or could not be."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.draft = Draft()
        self.source = DEFAULT_CORPUS
        self.picture: Picture | None = None  # None: a new run is being set up
        self.steering = Steering(context)
        self.busy = False  # a start, a resume or a fork is under way
        self._sent: dict[str, dict[str, Any]] = {}  # changes by the command that asked for them

    # --- to be filled in by the screen that shows it all ---

    @property
    @abstractmethod
    def opening(self) -> bool:
        """Whether it is not known yet how the run stands that is to be shown."""

    @abstractmethod
    def show_draft(self) -> None:
        """The draft has changed otherwise than by typing."""

    @abstractmethod
    def show_state(self) -> None:
        """What can be done now has changed."""

    @abstractmethod
    def show_fault(self, name: str) -> None:
        """That field needs correcting."""

    # --- actions ---

    def action_start_or_pause(self) -> None:
        """Start, pause or go on: what the state of the run suggests."""
        picture = self.picture
        if self.busy or self.opening:
            return
        if picture is None:
            self._start()
        elif picture.state in TRAINING:
            self._ask("pause")
        elif picture.state == "paused":
            self._ask("resume")
        elif picture.state in RESUMABLE or goes_beyond(picture, self.draft):
            self._resume(picture.run_id)
        else:
            self.tell(
                worded(
                    "This run has reached its end. Raise what has ended it (epochs, steps, "
                    "max seconds or patience) and press {start_or_pause} to go on with it, or "
                    "press {new_run} to set up another."
                ),
                "warning",
            )

    def action_apply_now(self) -> None:
        """Changed hyperparameters count from the next step on."""
        self._apply("now")

    def action_apply_at_epoch(self) -> None:
        """Changed hyperparameters count from the next epoch on."""
        self._apply("epoch")

    def action_undo_edits(self) -> None:
        """The fields show again what is in force."""
        self.draft.undo()
        self.show_draft()

    def action_undo_change(self) -> None:
        """What was typed in the field with the focus, else the last change, is taken back."""
        if (name := self.edited_field) is not None:
            self.draft.undo(name)
            self.show_draft()
        elif self.picture is not None:
            run_id = self.picture.run_id
            self._do(lambda: self._undone(run_id))

    @property
    def edited_field(self) -> str | None:
        """The name of the field that has the focus, if something was typed there."""
        nodes = self.focused.ancestors_with_self if self.focused is not None else []
        names = (node.field.name for node in nodes if isinstance(node, FieldRow))
        return next((name for name in names if self.draft.edited(name)), None)

    def _undone(self, run_id: str) -> str:
        """Runs in a thread."""
        words, names = self.steering.undo(run_id)
        if names:
            self.post_message(self.Withdrew(names))
        return words

    @on(Withdrew)
    def _forget_waiting(self, event: Withdrew) -> None:
        self.draft.withdraw(event.names)
        self.show_draft()

    def action_show_command(self) -> None:
        """What the form says as a command."""
        from gru_tui.screens.command_lines import CommandLines

        if not self._faulty():
            folder = self.steering.other_data_dir
            lines = command_lines(self.picture, self.draft, self.source, folder)
            self.app.push_screen(CommandLines(lines))

    def action_find_rate(self) -> None:
        """A sweep over learning rates, on a copy."""
        from gru_tui.command_line import begin_words, change_options
        from gru_tui.screens.rate_finder import RateFinder

        if self.busy or self.opening or self._faulty():
            return
        if self.picture is None:
            words = begin_words(self.source, self.draft.hyperparameters())
        else:
            words = [self.picture.run_id, *change_options(self.draft.changes())]
        finder = RateFinder(words, self.steering.context.data_dir)
        self.app.push_screen(finder, self._found_rate)

    def _found_rate(self, rate: float | None) -> None:
        if rate is not None:
            self.draft.type("learning_rate", as_text(rate))
            self.show_draft()

    def action_sample_now(self) -> None:
        """One sample, at once."""
        self._ask("sample")

    def action_checkpoint_now(self) -> None:
        """One checkpoint, at once."""
        self._ask("checkpoint")

    def action_stop(self) -> None:
        """Stop with a checkpoint."""
        self._ask("stop")

    def action_fork(self) -> None:
        """A new run from the last checkpoint of this one, with the form's changes."""
        if self.picture is None or self.busy or self._faulty():
            return
        parent, changes = self.picture, self.draft.changes(anew=True)
        words = f"A fork of {parent.name} at its last checkpoint trains now."
        self._begin(lambda: self._began_with(self.steering.fork(parent.run_id, changes), words))

    # --- in threads ---

    @work(thread=True, group="steering")
    def _do(self, task: Task, last: Message | None = None) -> None:
        """Do it; a sentence is told, a message posted, an error told. `last` comes after all."""
        try:
            outcome = task()
        except ReportedError as error:
            self.post_message(Told(str(error), "error"))
        except OSError as error:
            self.post_message(Told(failure(error), "error"))
        else:
            if outcome is not None:
                self.post_message(Told(outcome) if isinstance(outcome, str) else outcome)
        if last is not None:
            self.post_message(last)

    def _begin(self, task: Task) -> None:
        """Do something that takes its time and must not be asked for twice."""
        self.busy = True
        self.show_state()
        self._do(task, last=self.Spent())

    def _began_with(self, run_id: str, words: str = "") -> Message:
        """What to say of a new run, and of those that share the cores with it. Reads files."""
        said = " ".join(filter(None, (words, self.steering.company(run_id))))
        return self.Began(run_id, said)

    @on(Noticed)
    def _call(self, event: Noticed) -> None:
        """Bell and notification of the terminal, where the configuration asks for them."""
        from gru_tui.runs.notices import sequence

        wanted = self.steering.context.manners.configuration
        driver = self.app._driver  # as for the clipboard: Textual has a name only for the bell
        if driver is not None and (wanted.bell or wanted.osc9):
            text = plain(event.text) if self.steering.context.manners.ascii else event.text
            driver.write(sequence(text, bell=wanted.bell, osc9=wanted.osc9))

    @on(Spent)
    def _free_again(self) -> None:
        self.busy = False
        self.show_state()

    def tell(self, text: str, severity: Severity = "information") -> None:
        """Say something to the person at the keyboard."""
        self.post_message(Told(text, severity))

    def _start(self) -> None:
        if self._faulty():
            return
        source, hyperparameters = self.source, self.draft.hyperparameters()
        self._begin(lambda: self._began_with(self.steering.start(source, hyperparameters)))

    def _resume(self, run_id: str) -> None:
        if self._faulty():
            return
        changes = self.draft.apply("now")
        self._begin(lambda: self._resumed(run_id, changes))

    def _resumed(self, run_id: str, changes: dict[str, Any]) -> str:
        """Runs in a thread."""
        if changes:
            self.post_message(self._sent_to(run_id, changes, "now"))
        return self.steering.resume(run_id)

    def _ask(self, kind: str) -> None:
        if self.picture is not None:
            run_id = self.picture.run_id
            self._do(lambda: self._asked(run_id, kind))

    def _asked(self, run_id: str, kind: str) -> None:
        """Runs in a thread."""
        self.steering.ask(run_id, kind)

    def _apply(self, when: When) -> None:
        if self.picture is None or self._faulty():
            return
        run_id = self.picture.run_id
        if changes := self.draft.apply(when):
            self._do(lambda: self._sent_to(run_id, changes, when))
            self.show_draft()
        else:
            self.tell("No field holds another value than the run.")

    def _sent_to(self, run_id: str, changes: dict[str, Any], when: When) -> Message:
        """Runs in a thread."""
        try:
            command = self.steering.ask(run_id, "set", changes=changes, when=when)
        except ReportedError:
            self.post_message(self.Sent(changes))
            raise
        return self.Sent(changes, command)

    @on(Sent)
    def _remember(self, event: Sent) -> None:
        if event.command:
            self._sent[event.command] = event.changes
        else:
            self.draft.take_back(event.changes)
            self.show_draft()

    @on(Refused)
    def _take_back(self, event: Refused) -> None:
        """What the run has refused is an edit again."""
        if changes := self._sent.pop(event.command, None):
            self.tell(event.message, "error")
            self.draft.take_back(changes)
            self.show_draft()

    def _faulty(self) -> bool:
        """Whether something needs correcting first; it is shown and told."""
        for name, fault in self.draft.faults().items():
            self.show_fault(name)
            self.tell(fault, "error")
            return True
        return False

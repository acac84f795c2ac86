"""Asks from which checkpoint a run forks, and with which hyperparameters changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Select, Static

from corpora.errors import UsageError
from gru_tui import deadline
from gru_tui.assignments import parsed
from gru_tui.draft import as_text
from gru_tui.generation.shelf import Kept
from gru_tui.panes.text_fields import LineInput
from gru_tui.screens.dialogs import Dialog
from gru_tui.visible import visible


@dataclass(frozen=True)
class Fork:
    """Where a fork begins, and what it does otherwise."""

    checkpoint: Path
    changes: dict[str, Any]


def fork_changes(text: str, base: Mapping[str, Any]) -> dict[str, Any]:
    """The changes in "NAME=VALUE NAME=VALUE", checked over `base`. Raises UsageError."""
    from engine.hyperparameters import Hyperparameters, field
    from gru_tui.runs.launch import check_forkable

    changes = deadline.in_changes(parsed(text.split()), 0.0)
    before = Hyperparameters.from_mapping(base)
    Hyperparameters.from_mapping(changes, before)
    check_forkable(changes, before)
    return {field(name).name: field(name).parse(value) for name, value in changes.items()}


class ForkDialog(Dialog[Fork | None]):
    """Hands back the fork, or None."""

    DEFAULT_CSS = """
    ForkDialog .choice {
        height: 1; margin: 0 0 1 0;
        & > Static { width: 12; }
        Select { width: 1fr; }
    }
    """

    def __init__(
        self, name: str, kept: Sequence[Kept], base: Mapping[str, Any], begin_at: str = "last"
    ) -> None:
        """`begin_at` is the checkpoint that is offered first."""
        super().__init__()
        self._name_of_run, self._base = name, base
        self._kept = [one for one in kept if not one.fault]
        self._kept.sort(key=lambda one: one.name != begin_at)

    def compose(self) -> ComposeResult:
        """Checkpoint, changes, and what is wrong with them."""
        with Vertical(classes="dialog") as panel:
            panel.border_title = Content(f"Fork {visible(self._name_of_run)}")
            yield Static(
                "A new run with the parameters of a checkpoint, and with what you change of its "
                "hyperparameters; steps and optimiser begin anew.",
                classes="dialog--words",
                markup=False,
            )
            with Horizontal(classes="choice"):
                yield Static("checkpoint", markup=False)
                options = [(Text(one.title), one.name) for one in self._kept]
                yield Select(options, allow_blank=False, compact=True)
            yield LineInput(placeholder="as in learning_rate=0.002 dropout=0.1", id="text")
            yield Static(id="fault", classes="dialog--fault", markup=False)
            with Horizontal(classes="dialog--buttons"):
                yield Button(Content("Fork [enter]"), "primary", id="yes", compact=True)
                yield Button(Content("Cancel [esc]"), id="no", compact=True)

    def on_mount(self) -> None:
        """The changes are what one types."""
        self.query_one(LineInput).focus()

    @on(Input.Changed)
    def check(self) -> bool:
        """Say what is wrong with the changes, or what they are; true if nothing is wrong."""
        fault, words = "", ""
        try:
            changes = fork_changes(self.query_one(LineInput).value, self._base)
            words = ", ".join(
                f"{name} {as_text(self._base.get(name))} → {as_text(value)}"
                for name, value in changes.items()
            )
        except UsageError as error:
            fault = str(error)
        self.query_one("#fault", Static).update(visible(fault or words))
        self.query_one("#fault", Static).set_class(not fault, "-fine")
        self.query_one(LineInput).set_class(bool(fault), "-invalid")
        return not fault

    @on(Input.Submitted)
    @on(Button.Pressed, "#yes")
    def accept(self) -> None:
        """Fork, if nothing is wrong."""
        name = self.query_one(Select).selection
        kept = next((one for one in self._kept if one.name == name), None)
        if kept is not None and self.check():
            changes = fork_changes(self.query_one(LineInput).value, self._base)
            self.dismiss(Fork(kept.path, changes))

    @on(Button.Pressed, "#no")
    def leave(self) -> None:
        """No fork."""
        self.dismiss(None)

"""What a person can have done to runs: start, pause, resume, stop, change, fork.

Everything here reads and writes files or starts processes: call it in a thread. What is
wrong arrives as a ReportedError; what was done is returned as a sentence.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpora.errors import ReportedError
from engine.hyperparameters import Hyperparameters
from gru_tui.context import Context
from gru_tui.facts import Facts

PREVIEW = 1_500  # characters; more than any pane has room for


@dataclass(frozen=True)
class Steering:
    """Works on the runs of one context."""

    context: Context

    def corpora(self) -> list[Facts]:
        """What there is to learn, none of it loaded."""
        import corpora

        return [
            Facts(
                source=str(listing.source),
                name=listing.name,
                hint=listing.size_hint,
                entropy_rate=listing.entropy_rate,
                description=listing.description,
            )
            for listing in corpora.catalogue()
        ]

    def load(self, source: str) -> Facts:
        """The corpus of that source with its figures; what is wrong with it is told in them."""
        import corpora

        name = Path(source).name or source
        try:
            corpus = corpora.load(source)
        except ReportedError as error:
            return Facts(source=source, name=name, fault=str(error))
        return Facts(
            source=source,
            name=corpus.name,
            characters=len(corpus),
            vocabulary=len(corpus.vocabulary),
            entropy_rate=corpus.entropy_rate,
            preview=corpus.preview(PREVIEW),
            notes=tuple(corpus.notes),
        )

    def start(self, source: str, hyperparameters: Hyperparameters) -> str:
        """Create a run and its trainer; returns the run's id."""
        import corpora
        from gru_tui.runs import launch

        corpus = corpora.load(
            source,
            lower_case=hyperparameters.lower_case,
            min_count=hyperparameters.min_count,
        )
        run = self.context.store.create(corpus, hyperparameters)
        launch.start(run)
        return run.id

    def resume(self, run_id: str, changes: Mapping[str, Any]) -> str:
        """Go on with a run that has no trainer, with `changes` from its first step on."""
        from gru_tui.runs import launch
        from gru_tui.runs.command import send

        run = self.context.store.find(run_id)
        if changes:
            send(run, "set", changes=dict(changes), when="now")
        launch.resume(run)
        return f"{run.name} goes on from its last checkpoint."

    def ask(self, run_id: str, kind: str, **details: Any) -> None:
        """Send a command; the run's answer is an event of its own."""
        from gru_tui.runs.command import send

        send(self.context.store.find(run_id), kind, **details)

    def fork(self, run_id: str, changes: Mapping[str, Any]) -> str:
        """A new run from the last checkpoint of this one; returns its id."""
        from gru_tui.runs import launch

        run = self.context.store.find(run_id)
        checkpoint = run.path / "checkpoints" / "last.safetensors"
        return launch.fork(self.context.store, run, checkpoint, dict(changes)).id

    def to_show(self) -> str | None:
        """The id of the run that trains, or else of the newest; None when there is none."""
        runs = self.context.store.list()
        alive = [run for run in runs if run.is_alive()]
        return (alive or runs)[-1].id if runs else None

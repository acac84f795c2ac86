"""What a person can have done to runs: start, pause, resume, stop, change, fork.

Everything here reads and writes files or starts processes: call it in a thread. What is
wrong arrives as a ReportedError; what was done is returned as a sentence.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpora.errors import ReportedError
from engine.hyperparameters import Hyperparameters
from gru_tui.adapting import Circumstances
from gru_tui.context import Context
from gru_tui.facts import Facts

if TYPE_CHECKING:
    from corpora.added import Shelf

PREVIEW = 1_500  # characters; more than any pane has room for


@dataclass(frozen=True)
class Steering:
    """Works on the runs of one context."""

    context: Context

    @cached_property
    def shelf(self) -> "Shelf":
        """The texts that were added to the data directory."""
        from corpora.added import Shelf

        return Shelf(self.context.data_dir)

    @property
    def other_data_dir(self) -> Path | None:
        """The data directory, where a command in this environment would take another one."""
        from gru_tui.runs.home import data_dir

        try:
            taken = data_dir()
        except ReportedError:  # a command would take none
            return self.context.data_dir
        return None if taken == self.context.data_dir else self.context.data_dir

    def corpora(self) -> list[Facts]:
        """What there is to learn, none of it loaded. A damaged shelf is one row, with its fault."""
        import corpora
        from corpora.added import FILE, ShelfError

        try:
            listings, faults = corpora.catalogue(self.shelf), []
        except ShelfError as error:
            # Loading the source of that row finds the same fault, for as long as it is there.
            listings, faults = corpora.catalogue(), [Facts(FILE, FILE, fault=str(error))]
        return [
            *(
                Facts(
                    source=str(listing.source),
                    name=listing.name,
                    hint=listing.size_hint,
                    entropy_rate=listing.entropy_rate,
                    description=listing.description,
                )
                for listing in listings
            ),
            *faults,
        ]

    def load(self, source: str) -> Facts:
        """The corpus of that source with its figures; what is wrong with it is told in them."""
        import corpora
        from corpora import cache
        from engine.speed import characters_per_second

        name = Path(source).name or source
        try:
            corpus = corpora.load(source, shelf=self.shelf)
        except ReportedError as error:
            return Facts(source=source, name=name, fault=str(error))
        except MemoryError:
            return Facts(source=source, name=name, fault="the text does not fit into memory")
        return Facts(
            source=source,
            name=corpus.name,
            characters=len(corpus),
            vocabulary=len(corpus.vocabulary),
            entropy_rate=corpus.entropy_rate,
            preview=corpus.preview(PREVIEW),
            notes=tuple(corpus.notes),
            circumstances=Circumstances(
                characters=len(corpus.split(Hyperparameters().validation_fraction)[0]),
                vocabulary=len(corpus.vocabulary),
                # Known once `gru-tui train --preset` has measured it: no key waits for that here.
                speed=characters_per_second(cache.folder(), is_quiet=False),
            ),
        )

    def start(self, source: str, hyperparameters: Hyperparameters) -> str:
        """Create a run and its trainer; returns the run's id."""
        import corpora
        from gru_tui.runs import launch

        corpus = corpora.load(
            source,
            lower_case=hyperparameters.lower_case,
            min_count=hyperparameters.min_count,
            shelf=self.shelf,
        )
        run = self.context.store.create(corpus, hyperparameters)
        launch.start(run)
        return run.id

    def company(self, run_id: str) -> str:
        """A sentence about other runs that train at the same time, "" when there is none."""
        from gru_tui.runs import company

        return company.words(self.context.store, self.context.store.get(run_id))

    def resume(self, run_id: str) -> str:
        """Go on with a run that has no trainer; what it was asked for meanwhile, it does first."""
        from gru_tui.runs import launch

        run = self.context.store.get(run_id)
        launch.resume(run)
        return f"{run.name} goes on from its last checkpoint."

    def ask(self, run_id: str, kind: str, **details: Any) -> str:
        """Send a command; returns its id, with which the run's answer comes as an event."""
        from gru_tui.runs.command import send

        return send(self.context.store.get(run_id), kind, **details)

    def undo(self, run_id: str) -> tuple[str, frozenset[str]]:
        """Ask a run to take back its last change.

        Returns what that means, in words, and what is not to be changed any more.
        """
        from gru_tui.draft import as_text
        from gru_tui.runs.command import send
        from gru_tui.runs.undo import undoing

        run = self.context.store.get(run_id)
        last = undoing(run)
        send(run, last.kind, **last.details)
        changes = [
            f"{name.replace('_', ' ')} {as_text(value)}" for name, value in last.changes.items()
        ]
        words = ", ".join(changes)
        if last.withdraws:
            return f"Asked {run.name} not to take {words}.", frozenset(last.changes)
        return f"Asked {run.name} to go back to {words}.", frozenset()

    def fork(self, run_id: str, changes: Mapping[str, Any]) -> str:
        """A new run from the last checkpoint of this one; returns its id."""
        from gru_tui.runs import launch

        run = self.context.store.get(run_id)
        checkpoint = run.checkpoint_to_go_on_from()
        return launch.fork(self.context.store, run, checkpoint, dict(changes)).id

    def to_show(self) -> str | None:
        """The id of the run that trains, or else of the newest; None when there is none."""
        runs = self.context.store.list()
        alive = [run for run in runs if run.is_alive()]
        return (alive or runs)[-1].id if runs else None

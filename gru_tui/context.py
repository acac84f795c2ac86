"""What every screen shares: the data directory, its runs, and the run that is looked at."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from gru_tui.terminal.manners import Manners

if TYPE_CHECKING:
    from gru_tui.runs.store import Store


@dataclass
class Context:
    """`run_id` is the run that Train shows and that Generate proposes; None: no run yet."""

    data_dir: Path
    run_id: str | None = None
    manners: Manners = field(default_factory=Manners)
    deleted: set[str] = field(default_factory=set)  # runs, by this app: that is no news
    tour: bool = False  # the notes of the demonstration are to be shown

    @cached_property
    def store(self) -> "Store":
        """The runs in the data directory. Its methods read files: call them off the UI."""
        from gru_tui.runs.store import Store

        return Store(self.data_dir)

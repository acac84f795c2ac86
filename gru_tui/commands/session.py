"""What one call of the program knows: when it began and where the data lie."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corpora.added import Shelf
    from gru_tui.runs.run import Run
    from gru_tui.runs.store import Store


@dataclass
class Session:
    """Handed to every subcommand; `started` is a time.monotonic."""

    started: float
    data_dir: Path | None = None  # as given by --data-dir

    @property
    def folder(self) -> Path:
        """The data directory: --data-dir, GRU_TUI_HOME, or the platform's own."""
        from gru_tui.runs.home import data_dir

        return data_dir(self.data_dir)

    def store(self) -> "Store":
        """The runs in the data directory."""
        from gru_tui.runs.store import Store

        return Store(self.folder)

    def shelf(self) -> "Shelf":
        """The texts that were added to the data directory."""
        from corpora.added import Shelf

        return Shelf(self.folder)

    def find(self, text: str) -> "Run":
        """The run of that id, beginning of an id, or name. Raises UsageError with the nearest."""
        return self.store().find(text)

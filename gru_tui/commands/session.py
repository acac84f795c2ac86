"""What one call of the program knows: when it began and where the data lie."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corpora.added import Shelf
    from gru_tui.runs.run import Run
    from gru_tui.runs.store import Store
    from gru_tui.terminal.manners import Manners


@dataclass
class Session:
    """Handed to every subcommand; `started` is a time.monotonic."""

    started: float
    data_dir: Path | None = None  # as given by --data-dir
    ascii_signs: bool | None = None  # as given by --ascii
    mouse: bool | None = None  # as given by --no-mouse

    @property
    def folder(self) -> Path:
        """The data directory: --data-dir, GRU_TUI_HOME, or the platform's own."""
        from gru_tui.runs.home import data_dir

        return data_dir(self.data_dir)

    def manners(self) -> "Manners":
        """How the app is to meet this terminal, by options, configuration and environment."""
        from gru_tui.terminal.manners import decided

        return decided(ascii_signs=self.ascii_signs, mouse=self.mouse)

    def store(self) -> "Store":
        """The runs in the data directory."""
        from gru_tui.runs.store import Store

        return Store(self.folder)

    def shelf(self) -> "Shelf":
        """The texts that were added to the data directory."""
        from corpora.added import Shelf

        return Shelf(self.folder)

    def find(self, text: str) -> "Run":
        """The run of that id, beginning of an id, or name.

        Raises UsageError with the nearest, OtherFormatError for one of a newer gru-tui.
        """
        from gru_tui.runs.config import DamagedRunError, OtherFormatError

        found = self.store().find(text)
        try:
            found.config  # noqa: B018 - read for its error
        except OtherFormatError:
            raise
        except DamagedRunError:
            pass  # whatever can still be done with it is done
        return found

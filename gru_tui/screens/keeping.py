"""Taking a screen's text away: to the terminal's clipboard, or to a file."""

from abc import abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, cast

from textual import work
from textual.screen import Screen

from corpora.errors import ReportedError
from gru_tui.named_file import FileStandsError, fault, meant, write_text
from gru_tui.screens.copying import copy
from gru_tui.screens.dialogs import Prompt, overwriting
from gru_tui.visible import visible
from gru_tui.whereabouts import here

if TYPE_CHECKING:
    from gru_tui.app import GruTui


class KeepingScreen(Screen[None]):
    """A screen with a text that a person may want to keep. What is kept is the true text."""

    @property
    @abstractmethod
    def text(self) -> str:
        """The text as it stands now."""

    @property
    @abstractmethod
    def proposed_name(self) -> str:
        """A file's name for it."""

    def action_copy(self) -> None:
        """The text, or what the mouse has selected of it, to the terminal's clipboard."""
        text = self.get_selected_text() or self.text
        if not text:
            self.notify("There is no text to copy yet.", severity="warning", markup=False)
            return
        copy(self, text, cast("GruTui", self.app).context.data_dir)

    def action_save(self) -> None:
        """Ask for a file and write the text there."""
        text = self.text
        if not text:
            self.notify("There is no text to save yet.", severity="warning", markup=False)
            return
        prompt = Prompt(
            "Save the text",
            f"{len(text):,} characters, as UTF-8. A relative path starts in {here()}.",
            value=self.proposed_name,
            check=fault,
            yes="Save",
        )
        self.app.push_screen(prompt, lambda path: self._save_to(path, text))

    def _save_to(self, path: str | None, text: str) -> None:
        if path is not None:
            self._save(meant(path), text)

    @work(thread=True, group="save")
    def _save(self, path: Path, text: str, *, overwrite: bool = False) -> None:
        try:
            write_text(path, text, overwrite=overwrite)
        except FileStandsError:
            self.app.call_from_thread(self._ask_to_overwrite, path, text)
        except ReportedError as error:
            self.app.call_from_thread(
                self.notify, visible(str(error)), severity="error", markup=False, timeout=10
            )
        else:
            self.app.call_from_thread(
                self.notify, visible(f"{len(text):,} characters are in {path}."), markup=False
            )

    def _ask_to_overwrite(self, path: Path, text: str) -> None:
        def answered(yes: bool | None) -> None:
            if yes:
                self._save(path, text, overwrite=True)

        self.app.push_screen(overwriting(path), answered)

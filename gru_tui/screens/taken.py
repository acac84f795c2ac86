"""Taking away what the Train screen shows: the newest sample, the chart, the figures."""

from dataclasses import replace
from functools import partial
from pathlib import Path

from textual import work

from corpora.errors import ReportedError
from gru_tui import taking
from gru_tui.curves.svg_chart import Look
from gru_tui.curves.thinning import View
from gru_tui.named_file import FileStandsError, meant, write_bytes
from gru_tui.panes.chart import ChartPane
from gru_tui.panes.sample import SamplePane
from gru_tui.screens.copying import copy
from gru_tui.screens.dialogs import Prompt, overwriting
from gru_tui.screens.followed import FollowedScreen
from gru_tui.whereabouts import here


class TakenScreen(FollowedScreen):
    """Copies and saves; what is saved of the chart is what is seen of it."""

    def action_copy_sample(self) -> None:
        """The newest sample, as the model wrote it, to the terminal's clipboard."""
        text = self.query_one(SamplePane).newest
        if text:
            copy(self, text, self.looked_at.data_dir)
        else:
            self.tell("There is no sample to copy yet.", "warning")

    def action_save_shown(self) -> None:
        """Ask for a file; its ending says what is written."""
        if self.picture is None:
            self.tell("There is no run whose chart could be saved.", "warning")
            return
        name = self.picture.name.replace("/", "-")
        prompt = Prompt(
            "Save chart or samples",
            "The ending decides: .svg or .png the chart, .csv its figures, .txt the samples; "
            f"without an ending, .svg and .csv. A relative path starts in {here()}.",
            value=f"{name}-step-{self.picture.step}.svg",
            check=taking.fault,
            yes="Save",
        )
        run_id, view, look = self.picture.run_id, self.view, self.query_one(ChartPane).look
        self.app.push_screen(prompt, partial(self._save_as, run_id, view, look))

    def _save_as(self, run_id: str, view: View, look: Look, name: str | None) -> None:
        if name is None:
            return
        paths = tuple(meant(str(path)) for path in taking.files(name))
        self._save_files(run_id, replace(view, columns=taking.COLUMNS), look, paths)

    @work(thread=True, group="taking")
    def _save_files(
        self,
        run_id: str,
        view: View,
        look: Look,
        paths: tuple[Path, ...],
        may_go: Path | None = None,  # the one that somebody was asked about
    ) -> None:
        try:
            run = self.looked_at.store.get(run_id)
            for place, path in enumerate(paths):
                content = taking.content(run, path.suffix.lower(), view, look)
                rest = partial(self._save_files, run_id, view, look, paths[place:], path)
                write_bytes(path, content, overwrite=path == may_go)
                self.app.call_from_thread(self.tell, f"{len(content):,} bytes are in {path}.")
        except FileStandsError:
            self.app.call_from_thread(self._ask_to_overwrite, path, rest)
        except ReportedError as error:
            self.app.call_from_thread(self.tell, f"{error}.", "error")

    def _ask_to_overwrite(self, path: Path, again: "partial[object]") -> None:
        def answered(yes: bool | None) -> None:
            if yes:
                again()

        self.app.push_screen(overwriting(path), answered)

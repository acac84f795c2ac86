"""A picture of the screen, as an SVG file in the current folder."""

import datetime
from pathlib import Path

from textual import work
from textual.app import App

from corpora.errors import ReportedError, UsageError
from gru_tui import named_file
from gru_tui.panes.messages import Told
from gru_tui.whereabouts import here

MOMENT = "%Y-%m-%dT%H_%M_%S_%f"  # in the name of the file


class Pictured(App[str]):
    """The base of the app that can be photographed."""

    def action_picture(self) -> None:
        """Write the screen as SVG into the current folder; a browser downloads it."""
        if self.is_web:
            self.deliver_screenshot()
            return
        moment = datetime.datetime.now().strftime(MOMENT)
        self._write_picture(here() / f"{self.title}_{moment}.svg", self.as_svg())

    def as_svg(self) -> str:
        """The screen as SVG."""
        # Strict viewers drop the blanks at the ends of a text unless they are told to keep them.
        return self.export_screenshot().replace("<text ", '<text xml:space="preserve" ')

    # Not Textual's own way: it tells the path as markup, which a folder's name can end.
    @work(thread=True, group="picture")
    def _write_picture(self, path: Path, text: str) -> None:
        try:
            if fault := named_file.fault(str(path)):
                raise UsageError(fault.removesuffix("."))
            named_file.write_text(path, text)
        except ReportedError as error:
            self.post_message(Told(f"{error}. Start gru-tui in another folder.", "error"))
        else:
            self.post_message(Told(f"A picture of the screen is in {path}."))

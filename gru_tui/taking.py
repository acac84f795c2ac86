"""A run's chart, figures and samples as the bytes of a file, by the file's ending.

Reads files and may start a process: call it off the UI.
"""

import io
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from corpora.errors import ReportedError
from gru_tui import named_file
from gru_tui.curves.svg_chart import Look, svg
from gru_tui.curves.thinning import View

if TYPE_CHECKING:
    from gru_tui.runs.run import Run

ENDINGS = (".svg", ".png", ".csv", ".txt")
COLUMNS = 800  # of which each keeps its least and its greatest point
CONVERTER = "rsvg-convert"
SCALE = "2"  # two pixels for each unit of the drawing: sharp on paper
PATIENCE = 60  # seconds
NO_PNG = (
    f"a PNG needs the program {CONVERTER} (Debian: apt-get install librsvg2-bin); .svg needs "
    "nothing, and every browser shows it"
)


def fault(name: str) -> str:
    """What keeps a file of that name from being written, as a sentence; "" if nothing does."""
    ending = Path(name.strip()).suffix.lower()
    if ending not in ("", *ENDINGS):
        return f"{ending} is not known; the endings are {', '.join(ENDINGS)}."
    if ending == ".png" and shutil.which(CONVERTER) is None:
        return f"{NO_PNG[0].upper()}{NO_PNG[1:]}."
    if not name.strip():
        return named_file.fault(name)
    return next(filter(None, (named_file.fault(str(path)) for path in files(name))), "")


def files(name: str) -> tuple[Path, ...]:
    """What is written when that was typed: without an ending, the chart and its figures."""
    path = Path(name.strip())
    if path.suffix or not path.name:
        return (path,)
    return path.with_suffix(".svg"), path.with_suffix(".csv")


def content(run: "Run", ending: str, view: View | None = None, look: Look | None = None) -> bytes:
    """The bytes of a file with that ending. Raises ReportedError."""
    from gru_tui.runs import export

    file = io.BytesIO()
    if ending == ".csv":
        export.write_csv(run.events, file)
    elif ending == ".txt":
        export.write_samples(run.events, file)
    else:
        drawing = chart(run, view or View(columns=COLUMNS), look).encode()
        file.write(_png(drawing) if ending == ".png" else drawing)
    return file.getvalue()


def chart(run: "Run", view: View, look: Look | None = None) -> str:
    """The run's loss chart as SVG. Raises ReportedError when there is nothing to draw."""
    from gru_tui.curves.history import History
    from gru_tui.runs.summary import Summary

    history = History(run.config.corpus.entropy_rate)
    Summary(run, also=lambda events: history.take(*events))
    curves = history.curves(view)
    if curves.empty:
        raise ReportedError(f"run {run.id} has no steps yet, there is no chart to draw")
    return svg(curves, f"{run.name} · {run.config.corpus.name} · {run.config.model}", look)


def _png(drawing: bytes) -> bytes:
    program = shutil.which(CONVERTER)
    if program is None:
        raise ReportedError(NO_PNG)
    try:
        done = subprocess.run(
            [program, "--zoom", SCALE, "--format", "png"],
            input=drawing,
            capture_output=True,
            timeout=PATIENCE,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise ReportedError(f"{CONVERTER} could not make a PNG ({error})") from error
    return done.stdout

"""`gru-tui export`: a checkpoint, the samples, the curves or the chart of a run, as one file."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from corpora.errors import UsageError
from gru_tui import named_file
from gru_tui.commands import checkpoints, stdout
from gru_tui.commands.session import Session
from gru_tui.runs import export

if TYPE_CHECKING:
    from gru_tui.runs.run import Run

Writer = Callable[[IO[bytes]], None]


class Output(click.Path):
    """A path; one that is empty, as of a variable that is not set, would be the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """As click does."""
        if value == "":
            self.fail("it is empty; name a file, or - for standard output", param, ctx)
        return super().convert(value, param, ctx)


@click.command(short_help="save a checkpoint, the samples, the curves or the chart to a file")
@click.argument("run", metavar="RUN")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["safetensors", "text", "csv", "svg", "png"]),
    required=True,
    help="safetensors: a checkpoint. text: every sample. csv: losses and rates, step by step. "
    "svg, png: the chart.",
)
@click.option(
    "--output",
    type=Output(path_type=Path),
    required=True,
    metavar="FILE",
    help="Where to; - is standard output.",
)
@checkpoints.option
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@click.pass_obj
def command(
    session: Session, run: str, kind: str, output: Path, checkpoint: str | None, force: bool
) -> None:
    """Save a part of RUN to FILE, whole or not at all."""
    if checkpoint is not None and kind != "safetensors":
        raise click.UsageError(f"--checkpoint goes with --format safetensors, not with {kind}")
    found = session.find(run)
    write = _writer(found, kind, checkpoint)
    if str(output) == "-":
        _to_stdout(kind, write)
        return
    try:
        with named_file.whole(output, overwrite=force) as file:
            write(file)
    except named_file.FileStandsError as error:
        raise UsageError(f"{error}; --force replaces it") from None


def _writer(run: "Run", kind: str, checkpoint: str | None) -> Writer:
    if kind == "safetensors":
        path = checkpoints.checkpoint_path(run, checkpoint)

        def copy(file: IO[bytes]) -> None:
            with path.open("rb") as source:
                shutil.copyfileobj(source, file)

        return copy
    if kind in {"svg", "png"}:
        from gru_tui import taking

        drawing = taking.content(run, f".{kind}")
        return lambda file: _put(file, drawing)
    write = export.write_samples if kind == "text" else export.write_csv
    return lambda file: write(run.events, file, _complain)


def _complain(sentence: str) -> None:
    click.echo(f"gru-tui: {sentence}", err=True)


def _put(file: IO[bytes], content: bytes) -> None:
    file.write(content)


def _to_stdout(kind: str, write: Writer) -> None:
    if sys.stdout.isatty():
        raise UsageError(f"{kind} is not for a terminal; give --output FILE, or pipe it on")
    with stdout.named():
        write(sys.stdout.buffer)
        sys.stdout.buffer.flush()

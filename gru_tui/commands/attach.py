"""`gru-tui attach`, and `gru-tui` alone: the app, where there is a terminal for it."""

import sys

import click

from gru_tui.commands import screen_options
from gru_tui.commands.session import Session


@click.command(short_help="open the app on a run")
@click.argument("run", metavar="RUN")
@screen_options.add
@click.pass_obj
def command(session: Session, run: str) -> None:
    """Open the app on RUN. Closing the app leaves the run as it is."""
    require_terminal()
    open_app(session, session.find(run).id)


def require_terminal() -> None:
    """Raises click.UsageError when the app could not be seen or reached by keys."""
    # Textual draws on stderr and reads stdin; stdout is where a pipe would be expected to work.
    streams = (sys.stdin, sys.stdout, sys.stderr)
    if not all(stream is not None and stream.isatty() for stream in streams):
        raise click.UsageError(
            "the app needs a terminal for its input, output and errors; without one use "
            "gru-tui train CORPUS, gru-tui runs or gru-tui generate RUN (see gru-tui --help)"
        )


def open_app(session: Session, run_id: str | None) -> None:
    """Start the app, on that run or on the one that is running."""
    require_terminal()
    from gru_tui.app import launch

    launch(session.folder, run_id, manners=session.manners())

"""`gru-tui delete`: a run's directory, with its checkpoints and its history."""

import sys

import click

from corpora.errors import UsageError
from gru_tui.commands import stdout
from gru_tui.commands.session import Session


@click.command(short_help="delete runs that do not train")
@click.argument("runs", metavar="RUN...", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def command(session: Session, runs: tuple[str, ...], *, yes: bool) -> None:
    """Delete each RUN with its checkpoints, its history and its note. Asks first.

    One that trains or is paused has to be stopped before.
    """
    found = list({run.id: run for run in map(session.find, runs)}.values())
    if not yes and (sys.stdin is None or not sys.stdin.isatty()):
        raise UsageError("nobody is there to be asked; --yes deletes without a question")

    from gru_tui.listing import control
    from gru_tui.visible import visible_line

    for run in found:
        question = f"Delete {visible_line(run.name)} ({run.id})?"
        if yes or click.confirm(question, err=True):
            stdout.line(control.delete(session.store(), run.id))

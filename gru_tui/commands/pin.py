"""`gru-tui pin`: let a run stand above the others."""

import click

from gru_tui.commands import stdout
from gru_tui.commands.session import Session


@click.command(short_help="keep a run above the others in every list")
@click.argument("run", metavar="RUN")
@click.option("--off", is_flag=True, help="No longer.")
@click.pass_obj
def command(session: Session, run: str, *, off: bool) -> None:
    """Keep RUN above the others in every list, or with --off no longer."""
    from gru_tui.listing import control

    found = session.find(run)
    stdout.line(control.pin(session.store(), found.id, not off))

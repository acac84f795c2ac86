"""`gru-tui rename`: call a run otherwise."""

import click

from gru_tui.commands import stdout
from gru_tui.commands.session import Session


@click.command(short_help="give a run another name")
@click.argument("run", metavar="RUN")
@click.argument("name", metavar="NEW-NAME")
@click.pass_obj
def command(session: Session, run: str, name: str) -> None:
    """Call RUN by NEW-NAME. Names need not be unique; its id stays as it is."""
    from gru_tui.listing import control

    found = session.find(run)
    stdout.line(control.rename(session.store(), found.id, name.strip()))

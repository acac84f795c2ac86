"""`gru-tui note`: a line about a run."""

import click

from gru_tui.commands import stdout
from gru_tui.commands.session import Session


@click.command(short_help="keep a line about a run, or print it")
@click.argument("run", metavar="RUN")
@click.argument("words", metavar="[TEXT]", nargs=-1)
@click.pass_obj
def command(session: Session, run: str, words: tuple[str, ...]) -> None:
    """Keep TEXT as the note on RUN; without TEXT print the note, with "" take it away."""
    found = session.find(run)
    if not words:
        if note := found.label.note:
            stdout.line(note)
        return

    from gru_tui.listing import control

    stdout.line(control.note(session.store(), found.id, " ".join(words).strip()))

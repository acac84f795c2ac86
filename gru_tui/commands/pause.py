"""`gru-tui pause`: hold a run between two steps."""

import click

from gru_tui.commands import stdout
from gru_tui.commands.session import Session


@click.command(short_help="hold a run between two steps")
@click.argument("run", metavar="RUN")
@click.pass_obj
def command(session: Session, run: str) -> None:
    """Hold RUN between two steps, and return when it holds. gru-tui resume lets it go on."""
    found = session.find(run)
    if found.state() == "paused":
        stdout.line(f"run {found.id} is paused already")
        return

    from gru_tui.commands.asking import Question

    answer = Question(found, "pause").answer()
    stdout.line(f"run {found.id} is paused at step {answer.step:,}")

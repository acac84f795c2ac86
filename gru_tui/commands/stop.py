"""`gru-tui stop`: end a run, with a checkpoint to resume from."""

import click

from gru_tui.commands import stdout
from gru_tui.commands.session import Session


@click.command(short_help="end a run, with a checkpoint")
@click.argument("run", metavar="RUN")
@click.pass_obj
def command(session: Session, run: str) -> None:
    """End RUN after its step, with a checkpoint, and return when its process has ended."""
    found = session.find(run)

    from gru_tui.commands.asking import Question

    question = Question(found, "stop")
    question.answer()
    step = question.until_gone()
    stdout.line(f"run {found.id} is {found.state()} at step {step:,}")

"""`gru-tui resume`: go on with a run, whether it is paused or has no process any more."""

import click

from gru_tui.commands import stdout
from gru_tui.commands.session import Session


@click.command(short_help="go on with a paused, stopped or interrupted run")
@click.argument("run", metavar="RUN")
@click.pass_obj
def command(session: Session, run: str) -> None:
    """Let a paused RUN go on, or start a stopped or interrupted one from its last checkpoint.

    Returns when the run trains.
    """
    found = session.find(run)

    from gru_tui.commands import asking

    if found.is_alive():
        if found.state() == "running":
            stdout.line(f"run {found.id} is running already")
            return
        answer = asking.Question(found, "resume").answer()
        stdout.line(f"run {found.id} goes on at step {answer.step:,}")
        return
    state = asking.restarted(found)
    stdout.line(f"run {found.id} goes on from its last checkpoint, step {state.step:,}")

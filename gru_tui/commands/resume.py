"""`gru-tui resume`: go on with a run, whether it is paused or has no process any more."""

from typing import TYPE_CHECKING

import click

from corpora.errors import ReportedError
from gru_tui.commands import ending, stdout
from gru_tui.commands.session import Session

if TYPE_CHECKING:
    from gru_tui.runs.run import Run


@click.command(short_help="go on with a paused, stopped or interrupted run")
@click.argument("run", metavar="[RUN]", required=False)
@click.option(
    "--all",
    "all_of_them",
    is_flag=True,
    help="Every run that was interrupted, as by a restart of the machine.",
)
@click.pass_obj
def command(session: Session, run: str | None, all_of_them: bool) -> None:
    """Let a paused RUN go on, or start a stopped or interrupted one from its last checkpoint.

    Returns when the run trains, or has nothing left to train. --all takes up each run whose
    process was killed or ended by a signal; those that somebody has stopped stay as they are.
    """
    if all_of_them and run is None:
        _resume_all(session)
    elif run is not None and not all_of_them:
        _resume(session.find(run))
    else:
        raise click.UsageError("give either RUN or --all; gru-tui runs lists the runs")


def _resume(found: "Run") -> None:
    from gru_tui.commands import asking
    from gru_tui.runs import restart

    if found.is_alive():
        if found.state() == "running":
            stdout.line(f"run {found.id} is running already")
            return
        answer = asking.Question(found, "resume").answer()
        stdout.line(f"run {found.id} goes on at step {answer.step:,}")
        return
    # Its trainer may have begun, and does not end with this command.
    words = (
        f"left while run {found.id} starts; gru-tui runs shows whether it goes on, "
        f"gru-tui stop {found.id} ends it"
    )
    with asking.told_when_left(words):
        state = restart.restarted(found)
    stdout.line(restart.words(f"run {found.id}", state))


def _resume_all(session: Session) -> None:
    """One that cannot go on does not keep the others from it. Raises ReportedError at the end."""
    from gru_tui.runs import launch

    found = launch.interrupted(session.store())
    if not found:
        stdout.line("no run was interrupted")
    failed = []
    for run in found:
        try:
            _resume(run)
        except ReportedError as error:
            ending.complain(str(error), error.exit_status)
            failed.append(run.id)
    if failed:
        raise ReportedError(
            f"{len(failed)} of {len(found)} interrupted runs could not go on: {', '.join(failed)}"
        )

"""`gru-tui fork`: a new run that begins with the parameters of a checkpoint."""

import click

from gru_tui import assignments
from gru_tui.commands import checkpoints, options
from gru_tui.commands.session import Session


@click.command(short_help="begin a new run from a checkpoint of another")
@click.argument("run", metavar="RUN")
@options.changes
@checkpoints.option
@click.option("--json", "as_json", is_flag=True, help="Print the events, a JSON object a line.")
@click.option("--detach", is_flag=True, help="Print the new run's id and leave it running.")
@click.pass_context
def command(
    context: click.Context,
    run: str,
    changes: tuple[str, ...],
    checkpoint: str | None,
    as_json: bool,
    detach: bool,
) -> None:
    """Begin a new run from a checkpoint of RUN, with NAME=VALUE changed.

    The parameters are the checkpoint's; optimiser, steps and epochs begin anew.
    """
    if as_json and detach:
        raise click.UsageError("--json and --detach exclude each other", context)
    session: Session = context.obj
    store = session.store()
    parent = store.find(run)
    path = checkpoints.checkpoint_path(parent, checkpoint)

    from gru_tui import deadline
    from gru_tui.commands.watch import begun
    from gru_tui.runs import launch
    from gru_tui.runs.run import Run

    wanted = deadline.in_changes(assignments.parsed(changes), 0.0)

    def start() -> Run:
        return launch.fork(store, parent, path, wanted)

    context.exit(begun(start, as_json=as_json, detach=detach))

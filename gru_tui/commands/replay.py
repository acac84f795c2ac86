"""`gru-tui replay`: a new run that repeats another one, change for change."""

import click

from gru_tui.commands.session import Session


@click.command(short_help="repeat a run with all its changes, to the same bits")
@click.argument("run", metavar="RUN")
@click.option("--name", default="", metavar="NAME", help="What to call the new run.")
@click.option("--json", "as_json", is_flag=True, help="Print the events, a JSON object a line.")
@click.option("--detach", is_flag=True, help="Print the new run's id and leave it running.")
@click.pass_context
def command(context: click.Context, run: str, name: str, as_json: bool, detach: bool) -> None:
    """Begin a new run that repeats RUN, up to the step where RUN stands now.

    Text, hyperparameters, random seed and processes are the same, and every change that RUN
    was given is made again at the same step. On the same machine, with the same NumPy, it ends
    with the same bits. Steps that RUN lost with a killed process are not repeated. A schedule
    over seconds follows the pace that RUN had, however fast this machine is today.
    """
    if as_json and detach:
        raise click.UsageError("--json and --detach exclude each other", context)
    session: Session = context.obj
    original = session.find(run)

    from gru_tui.commands.watch import begun
    from gru_tui.runs import replay
    from gru_tui.runs.run import Run
    from gru_tui.visible import visible

    if others := replay.other_versions(original):
        click.echo(f"gru-tui: {visible(others)}; the bits may differ", err=True)

    def start() -> Run:
        return replay.replay(session.store(), original, name=name)

    context.exit(begun(start, as_json=as_json, detach=detach))

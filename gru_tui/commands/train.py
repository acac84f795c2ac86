"""`gru-tui train`: begin a run without the app, and watch it from the command line."""

from typing import Any

import click

from gru_tui.commands import options, stdout
from gru_tui.commands.session import Session


@click.command(short_help="train on a text without the app")
@click.argument("corpus", metavar="CORPUS")
@click.option("--name", default="", metavar="NAME", help="What to call the run.")
@click.option("--note", default="", metavar="TEXT", help="A remark to keep with the run.")
@click.option("--preset", metavar="NAME", help="Begin from a named set of hyperparameters.")
@click.option("--json", "as_json", is_flag=True, help="Print the events, a JSON object a line.")
@click.option("--detach", is_flag=True, help="Print the run's id and leave it running.")
@options.hyperparameter_options
@click.pass_context
def command(
    context: click.Context,
    /,
    corpus: str,
    name: str,
    note: str,
    preset: str | None,
    as_json: bool,
    detach: bool,
    **given: Any,
) -> None:
    """Train on CORPUS: a name that gru-tui corpora lists, a file or a folder.

    Ctrl+C stops the run with a checkpoint, to be resumed. The run is a process of its own: it
    goes on when the terminal goes away. With --steps or --max-seconds the epochs are unbounded
    unless --epochs is given too.
    """
    if as_json and detach:
        raise click.UsageError("--json and --detach exclude each other", context)
    session: Session = context.obj
    settings = options.settings(given, _preset(preset) if preset is not None else None)

    import corpora
    from gru_tui.commands.watch import Watch
    from gru_tui.runs import company, launch
    from gru_tui.visible import visible

    store = session.store()
    text = corpora.load(
        corpus,
        lower_case=settings.lower_case,
        min_count=settings.min_count,
        shelf=session.shelf(),
    )
    run = store.create(text, settings, name=name, note=note)
    launch.start(run, started=session.started)
    if others := company.words(store, run):
        click.echo(f"gru-tui: {visible(others)}", err=True)
    if detach:
        stdout.line(run.id)
        return
    context.exit(Watch(run, settings, as_json=as_json).until_end())


def _preset(name: str) -> dict[str, Any]:
    """The settings of that preset. Raises UsageError with the nearest name."""
    import difflib

    from corpora.errors import UsageError
    from gru_tui.presets import PRESETS

    if name not in PRESETS:
        near = difflib.get_close_matches(name, PRESETS, n=1, cutoff=0.4)
        hint = f"did you mean {near[0]}?" if near else "known are " + ", ".join(PRESETS)
        raise UsageError(f"there is no preset {name!r}; {hint}")
    return dict(PRESETS[name])

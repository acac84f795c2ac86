"""`gru-tui train`: begin a run without the app, and watch it from the command line."""

from typing import Any

import click

from engine.hyperparameters import Hyperparameters
from gru_tui.commands import options, presetting
from gru_tui.commands.patience import reading
from gru_tui.commands.session import Session


@click.command(short_help="train on a text without the app")
@click.argument("corpus", metavar="CORPUS")
@click.option("--name", default="", metavar="NAME", help="What to call the run.")
@click.option("--note", default="", metavar="TEXT", help="A remark to keep with the run.")
@presetting.option
@click.option(
    "--until",
    metavar="HH:MM",
    help="End at that time of day (the next one that comes), and the learning rate's schedule "
    "with it: --max-seconds, reckoned for you.",
)
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
    until: str | None,
    as_json: bool,
    detach: bool,
    **given: Any,
) -> None:
    """Train on CORPUS: a name that gru-tui corpora lists, a file or a folder.

    Ctrl+C stops the run with a checkpoint, to be resumed. The run is a process of its own: it
    goes on when the terminal goes away. With --steps, --max-seconds or --until the epochs are
    unbounded unless --epochs is given too. --max-seconds also takes 45m, 2h or 18:30.
    """
    if as_json and detach:
        raise click.UsageError("--json and --detach exclude each other", context)
    session: Session = context.obj
    given["max_seconds"] = _budget(context, given["max_seconds"], until, session)
    settings = options.settings(given, presetting.preset_values(preset))

    import corpora
    from gru_tui.commands.watch import begun
    from gru_tui.runs import company, launch
    from gru_tui.runs.run import Run
    from gru_tui.visible import visible

    store, shelf = session.store(), session.shelf()

    def load(settings: Hyperparameters) -> corpora.Corpus:
        return corpora.load(
            corpus, lower_case=settings.lower_case, min_count=settings.min_count, shelf=shelf
        )

    with reading(corpus):
        text = load(settings)
        if preset is not None:
            fitted = presetting.fitted_settings(preset, given, text, store)
            if fitted.min_count != settings.min_count:
                text = load(fitted)
            settings = fitted
    run = store.create(text, settings, name=name, note=note)

    def start() -> Run:
        launch.start(run, started=session.started)
        if others := company.words(store, run):
            click.echo(f"gru-tui: {visible(others)}", err=True)
        return run

    context.exit(begun(start, as_json=as_json, detach=detach))


def _budget(
    context: click.Context, given: str | None, until: str | None, session: Session
) -> object:
    """max_seconds; the time since the program began counts as spent. Raises UsageError."""
    import time

    from gru_tui import deadline

    if until is not None and given is not None:
        raise click.UsageError("--until and --max-seconds exclude each other", context)
    spent = time.monotonic() - session.started
    if until is not None:
        return deadline.seconds_until(until, spent)
    return deadline.in_seconds(given, spent)

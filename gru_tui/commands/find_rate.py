"""`gru-tui find-rate`: how large a learning rate a model bears, by a short sweep on a copy."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from gru_tui.commands import options, presetting, stdout
from gru_tui.commands.session import Session

if TYPE_CHECKING:
    from gru_tui.rate_search import Search


@click.command(short_help="find a learning rate by a short sweep on a copy")
@click.argument("start", metavar="CORPUS|RUN")
@presetting.option
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object for each step.")
@options.hyperparameter_options
@click.pass_obj
def command(
    session: Session, /, start: str, preset: str | None, as_json: bool, **given: Any
) -> None:
    """Train a copy for a hundred steps while its learning rate grows from 0.00001 to 1.

    Begins with a new model on CORPUS, or with the last checkpoint of RUN (a run's name goes
    before a corpus's). Nothing is written, and the run is not touched. Options for learning
    rate and schedule, end, patience and intervals are read and not followed: the sweep has its
    own. It ends early where the loss is four times its best. Suggested is a tenth of the rate
    with the lowest loss: larger ones are about to fail.
    """
    from engine.rate_finder import Point, suggestion

    search = _search(session, start, preset, given)
    points: list[Point] = []
    if not as_json:
        stdout.line("learning rate     loss  smoothed")
    for point in search.points():
        points.append(point)
        _show(point, as_json=as_json)
    found = suggestion(points)
    if as_json:
        _print({"suggestion": found})
    elif found is None:
        stdout.line("no rate of these taught the model anything; nothing can be suggested")
    else:
        stdout.line(f"suggested learning rate: {found:g}")


def _search(session: Session, start: str, preset: str | None, given: Mapping[str, Any]) -> "Search":
    from corpora.errors import UsageError
    from gru_tui import rate_search

    chosen = {name: value for name, value in given.items() if value is not None}
    try:
        run = session.find(start)
    except UsageError:
        settings = options.settings(chosen, presetting.preset_values(preset))
        return rate_search.of_corpus(session.shelf(), start, settings)
    if preset is not None:
        raise UsageError("--preset is for a corpus; a run has its hyperparameters")
    return rate_search.of_run(run, chosen)


def _show(point: Any, *, as_json: bool) -> None:
    import sys

    if as_json:
        names = ("learning_rate", "loss", "smoothed")
        _print({name: getattr(point, name) for name in names})
    else:
        stdout.line(f"{point.learning_rate:13.2e}  {point.loss:7.4f}  {point.smoothed:8.4f}")
        sys.stdout.flush()


def _print(values: Mapping[str, object]) -> None:
    import json
    import sys

    stdout.line(json.dumps(values))
    sys.stdout.flush()

"""`gru-tui runs`: all runs, as a table or as JSON."""

import json
from typing import TYPE_CHECKING, Any

import click

from gru_tui import table
from gru_tui.commands import stdout
from gru_tui.commands.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from gru_tui.runs.store import Store
    from gru_tui.runs.summary import Summary

HEADS = ("id", "state", "corpus", "model", "step", "epoch", "best", "name")


@click.command(short_help="list the runs")
@click.option("--json", "as_json", is_flag=True, help="Print a list of JSON objects.")
@click.option(
    "--filter",
    "expression",
    default="",
    metavar="EXPRESSION",
    help="Only runs for which all of it holds, as in 'fox tag:night lr<0.01 state!=failed': words "
    "to find in name, corpus and tags; names compared by = != < <= > >= or : (contains); "
    "-word is the opposite.",
)
@click.option(
    "--sort",
    "order",
    default="",
    metavar="COLUMN",
    help="In the order of a column (best, name, age ...) or hyperparameter; -COLUMN is the "
    "reverse. Pinned runs come first.",
)
@click.pass_obj
def command(session: Session, as_json: bool, expression: str, order: str) -> None:
    """List the runs, the latest last. "best" is the lowest validation loss."""
    from gru_tui.curves import digest
    from gru_tui.runs.summary import Summary
    from gru_tui.visible import visible

    store = session.store()
    chosen = _chosen(expression, order)  # what is wrong with it is said before anything is read
    summaries = [Summary(run, remembered=digest.remembered(run)) for run in store.list()]
    for sentence in (*_left_out(store, summaries), *_skipped(summaries), *_held_up(summaries)):
        click.echo(f"gru-tui: {visible(sentence)}", err=True)
    any_at_all = bool(summaries)
    summaries = chosen(summaries)
    if as_json:
        stdout.line(json.dumps([_fields(summary) for summary in summaries], ensure_ascii=False))
    elif summaries:
        cells = [_cells(summary) for summary in summaries]
        for line in table.rows(HEADS, cells, right=("step", "epoch", "best"), most=32):
            stdout.line(line)
    elif any_at_all:
        stdout.line(f"no run fits {expression}")
    else:
        stdout.line("no runs yet; gru-tui train CORPUS begins one")


def _left_out(store: "Store", summaries: "list[Summary]") -> list[str]:
    """About runs that cannot be read: those of a newer gru-tui are not damaged."""
    from gru_tui.runs.config import DamagedRunError, OtherFormatError

    readable, damaged, others = {summary.run.id for summary in summaries}, [], []
    for run in store.all():
        if run.id in readable:
            continue
        try:
            run.config  # noqa: B018 - read for its error
        except OtherFormatError as error:
            others.append(f"left out: {error}")
        except DamagedRunError:
            damaged.append(run.id)
    return [*others, *([f"damaged and left out: {', '.join(damaged)}"] if damaged else [])]


def _skipped(summaries: "list[Summary]") -> list[str]:
    """About runs of whose events something could not be read."""
    return [
        f"run {summary.run.id}: {summary.figures.skipped.sentence}"
        for summary in summaries
        if summary.figures.skipped.count
    ]


def _held_up(summaries: "list[Summary]") -> list[str]:
    """About runs that are paused because something went wrong."""
    return [
        f"run {summary.run.id} is paused: {summary.figures.reason}"
        for summary in summaries
        if summary.state == "paused" and summary.figures.reason
    ]


def _chosen(expression: str, order: str) -> "Callable[[list[Summary]], list[Summary]]":
    """What picks and orders the runs. Raises UsageError."""
    from gru_tui.listing import filter as run_filter
    from gru_tui.listing.columns import find_column
    from gru_tui.listing.rows import row_of

    wanted = run_filter.parsed(expression)
    column = order.removeprefix("-")
    if column:
        find_column(column)

    def choose(summaries: "list[Summary]") -> "list[Summary]":
        if not expression and not order:
            return summaries
        by_id = {summary.run.id: summary for summary in summaries}
        rows = [row for row in (row_of(s, s.run) for s in summaries) if wanted.keeps(row)]
        if column:
            rows = run_filter.ordered(rows, column, reverse=order.startswith("-"))
        return [by_id[row.id] for row in rows]

    return choose


def _fields(summary: "Summary") -> dict[str, Any]:
    config = summary.run.config
    architecture = config.architecture
    return {
        "id": summary.run.id,
        "name": summary.run.name,
        "tags": list(summary.run.label.tags),
        "pinned": summary.run.label.pinned,
        "state": summary.state,
        "reason": summary.reason,
        "silent_seconds": summary.silent_seconds,
        "corpus": config.corpus.name,
        "cell": architecture["cell"],
        "layers": architecture["layers"],
        "hidden_size": architecture["hidden_size"],
        "hyperparameters": {**config.hyperparameters, **summary.figures.changed},
        "step": summary.step,
        "epoch": summary.epoch,
        "best_validation_loss": summary.best_validation_loss,
        "created": config.created,
        "path": str(summary.run.path),
    }


def _state(summary: "Summary") -> str:
    """A living trainer that gives no sign of life is silent, not dead; of a dead one, why."""
    seconds = summary.silent_seconds
    if seconds:
        return f"{summary.state}, no news for {seconds} s"
    reason = summary.reason if summary.state == "interrupted" else ""
    return f"{summary.state}: {reason}" if reason else summary.state


def _cells(summary: "Summary") -> tuple[str, ...]:
    fields = _fields(summary)
    best = fields["best_validation_loss"]
    return (
        fields["id"],
        _state(summary),
        fields["corpus"],
        summary.run.config.model,
        str(fields["step"]),
        f"{fields['epoch']:.2f}",
        "-" if best is None else f"{best:.3f}",
        fields["name"],
    )

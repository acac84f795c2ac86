"""`gru-tui runs`: all runs, as a table or as JSON."""

import json
from typing import TYPE_CHECKING, Any

import click

from gru_tui.commands import stdout, table
from gru_tui.commands.session import Session

if TYPE_CHECKING:
    from gru_tui.runs.summary import Summary

HEADS = ("id", "state", "corpus", "model", "step", "epoch", "best", "name")


@click.command(short_help="list the runs")
@click.option("--json", "as_json", is_flag=True, help="Print a list of JSON objects.")
@click.pass_obj
def command(session: Session, as_json: bool) -> None:
    """List the runs, the latest last. "best" is the lowest validation loss."""
    from gru_tui.runs.summary import Summary
    from gru_tui.visible import visible

    store = session.store()
    summaries = [Summary(run) for run in store.list()]
    if damaged := [run.id for run in store.all() if run.id not in {s.run.id for s in summaries}]:
        click.echo(f"gru-tui: damaged and left out: {visible(', '.join(damaged))}", err=True)
    if as_json:
        stdout.line(json.dumps([_fields(summary) for summary in summaries], ensure_ascii=False))
    elif summaries:
        cells = [_cells(summary) for summary in summaries]
        for line in table.rows(HEADS, cells, right=("step", "epoch", "best"), most=20):
            stdout.line(line)
    else:
        stdout.line("no runs yet; gru-tui train CORPUS begins one")


def _fields(summary: "Summary") -> dict[str, Any]:
    config = summary.run.config
    architecture = config.architecture
    return {
        "id": summary.run.id,
        "name": summary.run.name,
        "state": summary.state,
        "corpus": config.corpus.name,
        "cell": architecture["cell"],
        "layers": architecture["layers"],
        "hidden_size": architecture["hidden_size"],
        "step": summary.step,
        "epoch": summary.epoch,
        "best_validation_loss": summary.best_validation_loss,
        "created": config.created,
        "path": str(summary.run.path),
    }


def _cells(summary: "Summary") -> tuple[str, ...]:
    fields = _fields(summary)
    best = fields["best_validation_loss"]
    return (
        fields["id"],
        fields["state"],
        fields["corpus"],
        f"{fields['cell']} {fields['layers']}x{fields['hidden_size']}",
        str(fields["step"]),
        f"{fields['epoch']:.2f}",
        "-" if best is None else f"{best:.3f}",
        fields["name"],
    )

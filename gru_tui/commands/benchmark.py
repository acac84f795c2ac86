"""`gru-tui benchmark`: how fast models train here, beside the limit that BLAS sets."""

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from engine.hyperparameters import field
from gru_tui.commands import options, stdout

if TYPE_CHECKING:
    from engine.benchmark import Row

LAYERS, UNITS = field("layers"), field("hidden_size")
COLUMNS = (
    ("model", 12),
    ("batch", 6),
    ("length", 7),
    ("processes", 10),
    ("threads", 8),
    ("characters/s", 13),
    ("GFLOP/s", 8),
    ("of the limit", 13),
)


@click.command(short_help="how fast models train on this machine")
@options.option(field("cell"))
@options.option(LAYERS, f"{LAYERS.default}, or without --hidden-size each of four shapes")
@options.option(UNITS, f"{UNITS.default}, or without --layers each of four shapes")
@options.option(field("batch_size"))
@options.option(field("sequence_length"))
@options.option(field("processes"))
@options.option(field("blas_threads"))
@click.option(
    "--seconds", type=str, metavar="NUMBER", help="How long each model is measured. Default 3."
)
@click.option("--json", "as_json", is_flag=True, help="Print a list of JSON objects.")
def command(seconds: str | None, as_json: bool, **given: str | None) -> None:
    """Measure how many characters a second models train on here, on random text.

    Four shapes are measured, or with --layers or --hidden-size that one. The limit is the best
    that this machine's product of two float32 matrices reaches, measured in the same run;
    GFLOP/s counts the products that a model needs and nothing else.
    """
    chosen = {name: value for name, value in given.items() if value is not None}

    from engine import benchmark

    models = benchmark.grid(chosen)
    wanted = benchmark.SECONDS.default if seconds is None else benchmark.SECONDS.parse(seconds)
    rows = benchmark.benchmark(models, float(wanted))
    if as_json:
        stdout.line(json.dumps([_fields(row) for row in rows]))
        return
    for place, row in enumerate(rows):
        if place == 0:
            stdout.line(f"the limit: {row.gemm_gflops:.1f} GFLOP/s in products of matrices")
            stdout.line(_line(*(head for head, _ in COLUMNS)))
        stdout.line(_line(*_cells(row)))
        sys.stdout.flush()  # the next one takes its time


def _fields(row: "Row") -> dict[str, Any]:
    import msgspec

    return msgspec.structs.asdict(row)


def _cells(row: "Row") -> tuple[str, ...]:
    return (
        f"{row.cell} {row.layers}x{row.hidden_size}",
        f"{row.batch_size}",
        f"{row.sequence_length}",
        f"{row.processes}",
        f"{row.blas_threads}",
        f"{row.characters_per_second:,.0f}",
        f"{row.gflops:.1f}",
        f"{row.gflops / row.gemm_gflops:.0%}",
    )


def _line(*cells: str) -> str:
    """Fixed columns, so that each row can be shown when it is there."""
    first, *others = zip(cells, COLUMNS, strict=True)
    head = first[0].ljust(first[1][1])
    return head + "".join(cell.rjust(width) for cell, (_, width) in others)

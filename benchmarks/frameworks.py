"""Training steps against PyTorch and JAX: characters a second of the same model.

A step is forward, backward, clipping at the global norm 1 and Adam, on a fixed batch of
random text of 65 characters, the state carried. Each contender is a process of its own;
they take turns; figures are medians over the rounds, ratios medians of each round's ratio.
"""

import argparse
import statistics
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any

from grid import GRIDS, SEQUENCE_LENGTH, Point
from record import Record, Row, deliver, output_options
from rounds import (
    MEMORY_SECONDS,
    Contender,
    ContenderError,
    alternate,
    geometric_mean,
    median_ratio,
    rates,
)
from table import Table, number, rate

from engine import Hyperparameters
from engine.benchmark import CHARACTERS
from engine.model import Architecture

CELLS = ("gru", "cifg", "lstm")
WORKERS = {"ours": "ours", "torch": "pytorch", "jax": "jax_scan"}
FRAMEWORKS = ("torch", "jax")
GEMM_PERCENT = "percent_of_gemm"


def arguments() -> argparse.Namespace:
    """What was asked for, with --quick's settings where nothing else was given."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    output_options(parser)
    parser.add_argument("--cells", default=",".join(CELLS), help="default %(default)s")
    parser.add_argument("--grid", choices=GRIDS, help="which models; default full")
    parser.add_argument(
        "--points", nargs="+", type=Point.parse, metavar="LxHxB", help="these models instead"
    )
    parser.add_argument("--rounds", type=int, help="default 3")
    parser.add_argument("--seconds", type=float, help="of a contender's round; default 4")
    parser.add_argument("--cores", type=int, default=2, help="default %(default)s")
    parser.add_argument(
        "--embedding-size", type=int, default=0, metavar="E", help="0 (the default) is one-hot"
    )
    options = parser.parse_args()
    usual = ("quick", 1, 0.5) if options.quick else ("full", 3, 4.0)
    for name, value in zip(("grid", "rounds", "seconds"), usual, strict=True):
        if getattr(options, name) is None:
            setattr(options, name, value)
    options.cells = options.cells.split(",")
    if not set(options.cells) <= set(CELLS):
        parser.error(f"--cells is {','.join(options.cells)}; known are {','.join(CELLS)}")
    return options


def specification(cell: str, point: Point, options: argparse.Namespace) -> dict[str, Any]:
    """What every worker is told: they build the same model from it."""
    return {
        "task": "train",
        "cores": options.cores,
        "threads": options.cores,
        "characters": CHARACTERS,
        "hyperparameters": {
            "cell": cell,
            "sequence_length": SEQUENCE_LENGTH,
            "embedding_size": options.embedding_size,
            **point._asdict(),
        },
    }


def compare(spec: dict[str, Any], options: argparse.Namespace) -> Row:
    """One model, all contenders. Raises ContenderError."""
    with ExitStack() as stack:
        contenders = {
            name: stack.enter_context(Contender(worker, spec)) for name, worker in WORKERS.items()
        }
        missing = {name: one.missing for name, one in contenders.items() if one.missing}
        present = {name: one for name, one in contenders.items() if not one.missing}
        parameters = _same_parameters(spec, present)
        peaks = {
            name: one.peak_memory(seconds=min(MEMORY_SECONDS, options.seconds))
            for name, one in present.items()
        }
        answers = alternate(present, options.rounds, seconds=options.seconds, gemm=True)
    per_round = {name: rates(found) for name, found in answers.items()}
    ours = answers["ours"]
    return {
        **spec["hyperparameters"],
        "parameters": parameters,
        "characters_per_second": {
            name: statistics.median(found) for name, found in per_round.items()
        },
        "rounds": per_round,
        "ratios": {
            name: median_ratio(per_round["ours"], per_round[name])
            for name in FRAMEWORKS
            if name in per_round
        },
        "peak_memory_mb": peaks,
        "gflops": statistics.median(one["gflops"] for one in ours),
        "gemm_gflops": statistics.median(one["gemm_gflops"] for one in ours),
        GEMM_PERCENT: 100 * statistics.median(one["gflops"] / one["gemm_gflops"] for one in ours),
        "splits": [one["split"] for one in ours],  # processes, BLAS threads: chosen every time
        "missing": missing,
    }


def _same_parameters(spec: dict[str, Any], contenders: dict[str, Contender]) -> int:
    """How many parameters all have. Raises ContenderError where they differ."""
    settings = Hyperparameters.from_mapping(spec["hyperparameters"])
    wanted = Architecture.of(settings, CHARACTERS).parameter_count
    counts = {name: one.ready["parameters"] for name, one in contenders.items()}
    if set(counts.values()) != {wanted}:
        raise ContenderError(f"the parameters are not {wanted:,} everywhere, but {counts}")
    return wanted


def summary(rows: Sequence[Row]) -> dict[str, Any]:
    """Geometric means and minima of the ratios, for each cell and for all."""
    found: dict[str, Any] = {}
    cells = [cell for cell in CELLS if any(row["cell"] == cell for row in rows)]
    for cell in (*cells, "all"):
        chosen = [row for row in rows if cell in {row["cell"], "all"}]
        for name in FRAMEWORKS:
            ratios = [row["ratios"][name] for row in chosen if name in row["ratios"]]
            if ratios:
                found.setdefault(cell, {})[name] = {
                    "geometric_mean": geometric_mean(ratios),
                    "minimum": min(ratios),
                    "points": len(ratios),
                }
    return found


def tables(record: Record) -> list[Table]:
    """A table for each cell, and one of the means."""
    found = [
        _cell_table(cell, [row for row in record.rows if row["cell"] == cell])
        for cell in CELLS
        if any(row["cell"] == cell for row in record.rows)
    ]
    heads = ["ours / ...", *(f"{name} {kind}" for name in FRAMEWORKS for kind in ("mean", "least"))]
    return [*found, Table("ratios: geometric mean, and the least", heads, list(_means(record)))]


def _means(record: Record) -> Iterator[list[str]]:
    for cell, ratios in record.summary.items():
        figures = [
            number(ratios.get(name, {}).get(kind))
            for name in FRAMEWORKS
            for kind in ("geometric_mean", "minimum")
        ]
        yield [cell, *figures]


def _cell_table(cell: str, rows: Sequence[Row]) -> Table:
    return Table(
        f"{cell}: characters a second of training, sequence length {SEQUENCE_LENGTH}",
        ["model", *WORKERS, "/torch", "/jax", "GFLOP/s", "% sgemm", *(f"{w} MB" for w in WORKERS)],
        [_cells(row) for row in rows],
    )


def _cells(row: Row) -> list[str]:
    speed, ratios, peaks = row["characters_per_second"], row["ratios"], row["peak_memory_mb"]
    point = Point(row["layers"], row["hidden_size"], row["batch_size"])
    return [
        str(point) + (f" E={row['embedding_size']}" if row["embedding_size"] else ""),
        *(rate(speed.get(name)) for name in WORKERS),
        *(number(ratios.get(name)) for name in FRAMEWORKS),
        number(row["gflops"], 1),
        number(row[GEMM_PERCENT], 0),
        *(number(peaks.get(name), 0) for name in WORKERS),
    ]


def main() -> None:
    """Run the grid, a row at a time."""
    options = arguments()
    settings = {name: getattr(options, name) for name in ("rounds", "seconds", "cores", "grid")}
    record = Record.begin("frameworks", settings)
    for cell in options.cells:
        for point in options.points or GRIDS[options.grid]:
            try:
                row = compare(specification(cell, point, options), options)
            except ContenderError as error:
                sys.exit(f"{cell} {point}: {error}")
            print("  ".join([cell, *_cells(row)]), file=sys.stderr, flush=True)
            record.notes = [f"{name}: {reason}" for name, reason in row["missing"].items()]
            record.summary = summary([*record.rows, row])
            record.add(row, options.write)
    deliver(record, options, tables)


if __name__ == "__main__":
    main()

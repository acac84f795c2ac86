"""Writing and evaluating: one stream against PyTorch's loop, the first character, validation.

Writing: one layer of 256 units, temperature 0.8, one BLAS thread; ours and an eager PyTorch loop
on one core, and ours with 32 texts side by side on one and on all cores, in turns. First
character: from the start of `gru-tui generate` to the first byte it writes. Evaluation:
characters a second of evaluation, of a trainer's validation and of training of the same model,
in turns.
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from command import CommandError, Home
from record import Record, Row, deliver, output_options
from rounds import Contender, ContenderError, alternate, median_ratio, rates
from table import Table, number, rate

from engine.benchmark import CHARACTERS

WRITER = {"cell": "gru", "layers": 1, "hidden_size": 256}
MODELS = (
    {"cell": "gru", "layers": 1, "hidden_size": 256},
    {"cell": "gru", "layers": 3, "hidden_size": 192},
    {"cell": "gru", "layers": 2, "hidden_size": 512},
)
STREAMS = 32  # as workers/ours.py
STARTS = 11  # of `gru-tui generate`; the first warms the disk's cache


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    output_options(parser)
    parser.add_argument("--rounds", type=int, help="default 3")
    parser.add_argument("--seconds", type=float, help="of a contender's round; default 4")
    parser.add_argument("--starts", type=int, help=f"of gru-tui generate; default {STARTS}")
    options = parser.parse_args()
    usual = (1, 0.5, 3) if options.quick else (3, 4.0, STARTS)
    for name, value in zip(("rounds", "seconds", "starts"), usual, strict=True):
        if getattr(options, name) is None:
            setattr(options, name, value)
    return options


def specification(
    model: Mapping[str, Any], task: str, *, all_cores: bool = False
) -> dict[str, Any]:
    """What a worker is told; writing has one core but with `all_cores`."""
    return {
        "task": task,
        "cores": 1 if task.startswith("write") and not all_cores else None,
        "threads": 1,
        "characters": CHARACTERS,
        "hyperparameters": {**model, "embedding_size": 0},
    }


def writing(options: argparse.Namespace) -> Row:
    """Characters a second: of one stream, ours and PyTorch's, and of many of ours in total."""
    workers = {
        "ours": ("ours", specification(WRITER, "write")),
        "many": ("ours", specification(WRITER, "write_many")),
        "many, all cores": ("ours", specification(WRITER, "write_many", all_cores=True)),
        "torch": ("pytorch", specification(WRITER, "write")),
    }
    answers, missing = _in_turns(workers, options)
    ratios = {"ours / torch": ("ours", "torch")}
    ratios |= {f"{many} / ours": (many, "ours") for many in ("many", "many, all cores")}
    return _row("writing", WRITER, answers, ratios) | {"missing": missing}


def evaluation(model: Mapping[str, Any], options: argparse.Namespace) -> Row:
    """Evaluation alone, validation within a run, and training: the same model in turns."""
    tasks = {"evaluation": "evaluate", "validation": "validate", "training": "train"}
    workers = {name: ("ours", specification(model, task)) for name, task in tasks.items()}
    answers, _ = _in_turns(workers, options)
    ratios = {f"{name} / training": (name, "training") for name in ("evaluation", "validation")}
    return _row("evaluation", model, answers, ratios)


def _in_turns(
    workers: Mapping[str, tuple[str, dict[str, Any]]], options: argparse.Namespace
) -> tuple[dict[str, list[float]], dict[str, str]]:
    """Rates by contender and round, and who could not take part, and why."""
    with ExitStack() as stack:
        contenders = {
            name: stack.enter_context(Contender(*worker)) for name, worker in workers.items()
        }
        missing = {name: one.missing for name, one in contenders.items() if one.missing}
        present = {name: one for name, one in contenders.items() if not one.missing}
        answers = alternate(present, options.rounds, seconds=options.seconds)
    return {name: rates(found) for name, found in answers.items()}, missing


def _row(
    measure: str,
    model: Mapping[str, Any],
    answers: dict[str, list[float]],
    ratios: Mapping[str, tuple[str, str]],
) -> Row:
    """Medians, and those ratios whose contenders both took part."""
    return {
        "measure": measure,
        **model,
        "characters_per_second": {
            name: statistics.median(found) for name, found in answers.items()
        },
        "rounds": answers,
        "ratios": {
            name: median_ratio(answers[above], answers[below])
            for name, (above, below) in ratios.items()
            if above in answers and below in answers
        },
    }


def first_character(options: argparse.Namespace) -> Row:
    """Seconds from the start of `gru-tui generate` to its first byte. Raises CommandError."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        model = [f"--{name.replace('_', '-')}={value}" for name, value in WRITER.items()]
        home.run("train", "sonnets", *model, "--steps", "2")
        command = ("generate", "last", "--length", "200", "--random-seed", "1")
        seconds = [home.seconds_to_first_byte(*command) for _ in range(options.starts)][1:]
    return {
        "measure": "first character",
        **WRITER,
        "seconds": statistics.median(seconds),
        "slowest_seconds": max(seconds),
        "starts": len(seconds),
    }


def tables(record: Record) -> list[Table]:
    """One for each of the three measurements."""
    rows = {name: [row for row in record.rows if row["measure"] == name] for name in _HEADS}
    cells = {"writing": _writing, "first character": _first, "evaluation": _evaluation}
    return [
        Table(title, heads, [cells[name](row) for row in rows[name]])
        for name, (title, heads) in _HEADS.items()
        if rows[name]
    ]


_HEADS = {
    "writing": (
        f"characters a second of one text on one core; many: {STREAMS} texts, in total",
        [
            *("model", "ours", "torch", "many", "many, all cores"),
            *("ours / torch", "many / ours", "many, all cores / ours"),
        ],
    ),
    "first character": (
        "seconds from the start of `gru-tui generate` to the first character",
        ["model", "median", "slowest", "starts"],
    ),
    "evaluation": (
        "characters a second of evaluation and of training",
        [
            *("model", "evaluation", "validation", "training"),
            *("evaluation / training", "validation / training"),
        ],
    ),
}


def _model(row: Row) -> str:
    return f"{row['cell']} {row['layers']}x{row['hidden_size']}"


def _writing(row: Row) -> list[str]:
    return [_model(row), *_figures(row, ("ours", "torch", "many", "many, all cores"))]


def _first(row: Row) -> list[str]:
    slowest = number(row["slowest_seconds"], 3)
    return [_model(row), number(row["seconds"], 3), slowest, str(row["starts"])]


def _evaluation(row: Row) -> list[str]:
    return [_model(row), *_figures(row, ("evaluation", "validation", "training"))]


def _figures(row: Row, names: Sequence[str]) -> list[str]:
    speed, ratios = row["characters_per_second"], row["ratios"]
    wanted = dict.fromkeys(_HEADS[row["measure"]][1][1 + len(names) :])
    return [
        *(rate(speed.get(name)) for name in names),
        *(number((wanted | ratios)[name]) for name in wanted),
    ]


def main() -> None:
    """All three, a row at a time."""
    options = arguments()
    settings = {name: getattr(options, name) for name in ("rounds", "seconds", "starts")}
    record = Record.begin("sampling", settings)
    try:
        written = writing(options)
        record.notes = [f"{name}: {reason}" for name, reason in written["missing"].items()]
        record.add(written, options.write)
        record.add(first_character(options), options.write)
        for model in MODELS[:1] if options.quick else MODELS:
            record.add(evaluation(model, options), options.write)
    except (ContenderError, CommandError) as error:
        sys.exit(str(error))
    deliver(record, options, tables)


if __name__ == "__main__":
    main()

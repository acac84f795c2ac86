"""What a preset learns in its time: `gru-tui train CORPUS --preset P`, as a user gives it.

Each run has a fresh data folder and a fresh cache. Seconds are the wall time of the whole
command, from the start of its process to its end; the loss is what `gru-tui evaluate` finds
for the best checkpoint over the whole validation part. With --torch-lstm a PyTorch LSTM with
as many layers and as many parameters trains on the same characters for as many seconds,
with the same recipe (workers/torch_lstm.py); its validation comes on top of its time.
What follows `--` is handed to `gru-tui train`.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from command import CommandError, Home
from record import HERE, Record, Row, deliver, output_options
from rounds import Contender, ContenderError
from table import Table, number, rate

import corpora
from engine.model import Architecture

SHAKESPEARE = HERE.parents[1] / "shared" / "corpora" / "tinyshakespeare.txt"
ONE_STREAM = 32  # streams for PyTorch where ours has a single one
RUN_HEADS = (
    *("corpus, preset", "random seed", "model", "characters/s", "epochs", "training loss"),
    *("seconds", "loss", "PyTorch LSTM", "its characters/s", "its loss"),
)
MEAN_HEADS = (
    *("corpus, preset", "runs", "seconds", "slowest"),
    *("loss", "lowest", "highest", "PyTorch LSTM loss"),
)

Group = tuple[str, str]  # corpus, preset


def arguments(words: Sequence[str]) -> argparse.Namespace:
    """What was asked for; `extra` is what stands after "--"."""
    own = list(words[: words.index("--")]) if "--" in words else list(words)
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    output_options(parser)
    usual = str(SHAKESPEARE) if SHAKESPEARE.exists() else "sonnets"
    parser.add_argument("--corpora", nargs="+", default=[usual], help="default %(default)s")
    parser.add_argument("--presets", nargs="+", help="default one-minute and three-minutes")
    parser.add_argument("--random-seeds", nargs="+", type=int, metavar="N", help="default 0 1 2")
    parser.add_argument("--torch-lstm", action="store_true", help="train PyTorch's LSTM as well")
    parser.add_argument("--torch-learning-rate", type=float, default=0.004, metavar="X")
    parser.add_argument("--torch-weight-decay", type=float, default=0.1, metavar="X")
    parser.add_argument("--cores", type=int, default=2, help="PyTorch's threads")
    options = parser.parse_args(own)
    options.extra = list(words[len(own) + 1 :])
    options.presets = options.presets or (
        ["tiny"] if options.quick else ["one-minute", "three-minutes"]
    )
    options.random_seeds = options.random_seeds or ([0] if options.quick else [0, 1, 2])
    if options.quick:
        options.extra = ["--max-seconds", "5", *options.extra]
    return options


def train(corpus: str, preset: str, random_seed: int, options: argparse.Namespace) -> Row:
    """One run of ours and, if asked for, one of PyTorch's. Raises CommandError, ContenderError."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        home = Home(folder)
        asked = ("--preset", preset, "--random-seed", str(random_seed), *options.extra)
        seconds = home.seconds("train", corpus, *asked)
        measured = home.json("evaluate", "last")
        row = {
            "corpus": Path(corpus).stem,
            "preset": preset,
            "random_seed": random_seed,
            "extra": options.extra,
            "seconds": seconds,
            "loss": measured["loss"],
            "validation_characters": measured["characters"],
            **_described(Path(home.json("runs")[-1]["path"])),
        }
        if options.torch_lstm:
            row["torch"] = torch_lstm(corpus, row, folder, options)
    return row


def _described(run: Path) -> Row:
    """Model and course of a run, from what it wrote down."""
    config = json.loads((run / "run.json").read_text(encoding="utf-8"))
    lines = (run / "events.jsonl").read_text(encoding="utf-8").splitlines()
    events = [json.loads(line) for line in lines]
    trained = [event for event in events if event["event"] == "step"]
    last = events[-1]
    settings = config["hyperparameters"]
    architecture = Architecture(**config["architecture"])
    return {
        **{name: settings[name] for name in ("cell", "layers", "hidden_size", "embedding_size")},
        **{name: settings[name] for name in ("batch_size", "sequence_length", "learning_rate")},
        **{name: settings[name] for name in ("lower_case", "min_count", "validation_fraction")},
        "parameters": architecture.parameter_count,
        "processes": config["processes"],
        "steps": last["step"],
        "epochs": last["epoch"],
        "training_loss": trained[-1]["loss"],
        "characters_per_second": last["characters"] / last["seconds"],
    }


def torch_lstm(corpus: str, ours: Row, folder: Path, options: argparse.Namespace) -> Row:
    """PyTorch's LSTM for as many seconds on the same characters. Raises ContenderError."""
    started = time.monotonic()
    text = corpora.load(corpus, lower_case=ours["lower_case"], min_count=ours["min_count"])
    train_ids, validation_ids = text.split(ours["validation_fraction"])
    ids = folder / "ids.npz"
    np.savez(ids, train=train_ids.astype(np.int32), validation=validation_ids.astype(np.int32))
    hidden_size = lstm_size(ours["parameters"], ours["layers"], len(text.vocabulary))
    spec = {
        "ids": str(ids),
        "characters": len(text.vocabulary),
        "layers": ours["layers"],
        "hidden_size": hidden_size,
        "threads": options.cores,
        "random_seed": ours["random_seed"],
        "started": started,
    }
    with Contender("torch_lstm", spec) as worker:
        if worker.missing:
            raise ContenderError(worker.missing)
        answer = worker.ask(
            seconds=ours["seconds"],
            learning_rate=options.torch_learning_rate,
            weight_decay=options.torch_weight_decay,
            batch_size=ours["batch_size"] if ours["batch_size"] > 1 else ONE_STREAM,
            sequence_length=ours["sequence_length"],
        )
        return answer | {"hidden_size": hidden_size, "parameters": worker.ready["parameters"]}


def lstm_size(parameters: int, layers: int, characters: int) -> int:
    """The hidden size with which an LSTM over one-hot characters has about `parameters`."""

    def excess(hidden_size: int) -> int:
        architecture = Architecture(
            cell="lstm",
            layers=layers,
            hidden_size=hidden_size,
            embedding_size=0,
            vocabulary_size=characters,
        )
        return architecture.parameter_count - parameters

    size = 1
    while excess(size + 1) <= 0:
        size += 1
    return min(size, size + 1, key=lambda one: abs(excess(one)))


def summary(rows: Sequence[Row]) -> dict[str, Any]:
    """Means over the random seeds, for each corpus and preset."""
    groups: dict[Group, list[Row]] = {}
    for row in rows:
        groups.setdefault((row["corpus"], row["preset"]), []).append(row)
    return {f"{corpus}, {preset}": _means(group) for (corpus, preset), group in groups.items()}


def _means(rows: Sequence[Row]) -> dict[str, Any]:
    losses = [row["loss"] for row in rows]
    torch_losses = [row["torch"]["loss"] for row in rows if "torch" in row]
    return {
        "runs": len(rows),
        "loss": statistics.fmean(losses),
        "lowest_loss": min(losses),
        "highest_loss": max(losses),
        "seconds": statistics.fmean(row["seconds"] for row in rows),
        "slowest_seconds": max(row["seconds"] for row in rows),
        "torch_loss": statistics.fmean(torch_losses) if torch_losses else None,
    }


def tables(record: Record) -> list[Table]:
    """All runs, and the means over the random seeds."""
    means = [
        [
            name,
            str(mean["runs"]),
            *(number(mean[key], 1) for key in ("seconds", "slowest_seconds")),
            *(number(mean[key], 4) for key in ("loss", "lowest_loss", "highest_loss")),
            number(mean["torch_loss"], 4),
        ]
        for name, mean in record.summary.items()
    ]
    return [
        Table(
            "runs: validation loss in nats per character",
            RUN_HEADS,
            [_cells(row) for row in record.rows],
        ),
        Table("means over the random seeds", MEAN_HEADS, means),
    ]


def _cells(row: Row) -> list[str]:
    other = row.get("torch", {})
    return [
        f"{row['corpus']}, {row['preset']}",
        str(row["random_seed"]),
        f"{row['cell']} {row['layers']}x{row['hidden_size']}",
        rate(row["characters_per_second"]),
        number(row["epochs"], 1),
        number(row["training_loss"], 3),
        number(row["seconds"], 1),
        number(row["loss"], 4),
        f"{row['layers']}x{other['hidden_size']}" if other else "-",
        rate(other.get("characters_per_second")),
        number(other.get("loss"), 4),
    ]


def main() -> None:
    """Every corpus, preset and random seed."""
    options = arguments(sys.argv[1:])
    names = ("extra", "torch_learning_rate", "torch_weight_decay", "cores")
    record = Record.begin("learning", {name: getattr(options, name) for name in names})
    for corpus in options.corpora:
        for preset in options.presets:
            for random_seed in options.random_seeds:
                try:
                    row = train(corpus, preset, random_seed, options)
                except (CommandError, ContenderError) as error:
                    sys.exit(str(error))
                print("  ".join(_cells(row)), file=sys.stderr, flush=True)
                record.summary = summary([*record.rows, row])
                record.add(row, options.write)
    deliver(record, options, tables)


if __name__ == "__main__":
    main()

"""What validations, checkpoints, samples and the record cost a run: the share of its time in steps.

`gru-tui train CORPUS` with its default intervals, as a user gives it, for a minute. Every step
event says how many characters a second its steps learnt; so the time in steps is known, and what
is missing to the time of the run, from its first step on, went to all the rest.
"""

import argparse
import itertools
import json
import sys
import tempfile
from pathlib import Path

from command import CommandError, Home
from record import HERE, Record, Row, deliver, output_options
from table import Table, number, rate

SHAKESPEARE = HERE.parents[1] / "shared" / "corpora" / "tinyshakespeare.txt"
MODELS = ("3x192", "1x256")


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    output_options(parser)
    usual = str(SHAKESPEARE) if SHAKESPEARE.exists() else "sonnets"
    parser.add_argument("--corpus", default=usual, help="default %(default)s")
    parser.add_argument("--models", nargs="+", default=list(MODELS), help="layers x units")
    parser.add_argument("--seconds", type=float, help="of each run; default 60")
    options = parser.parse_args()
    options.seconds = options.seconds or (12.0 if options.quick else 60.0)
    return options


def measure(model: str, options: argparse.Namespace) -> Row:
    """One run of that model. Raises CommandError."""
    layers, hidden_size = model.split("x")
    with tempfile.TemporaryDirectory() as name:
        home = Home(Path(name))
        size = ("--layers", layers, "--hidden-size", hidden_size)
        home.run("train", options.corpus, *size, "--max-seconds", str(options.seconds))
        run = Path(home.json("runs")[-1]["path"])
        lines = (run / "events.jsonl").read_text(encoding="utf-8").splitlines()
    events = [json.loads(line) for line in lines]
    return {"model": model, "corpus": Path(options.corpus).stem, **shares(events)}


def shares(events: list[Row]) -> Row:
    """Where the time went between the first step event and the last event.

    Raises CommandError for a run of fewer than two of them.
    """
    steps = [event for event in events if event["event"] == "step"]
    if len(steps) < 2:
        raise CommandError("the run was too short to tell; give it more --seconds")
    first, last = steps[0], events[-1]
    characters = [
        after["characters"] - before["characters"] for before, after in itertools.pairwise(steps)
    ]
    in_steps = sum(
        count / event["characters_per_second"]
        for count, event in zip(characters, steps[1:], strict=True)
    )
    seconds = last["seconds"] - first["seconds"]
    return {
        "seconds": seconds,
        "validations": sum(event["event"] == "validation" for event in events),
        "checkpoints": sum(event["event"] == "checkpoint" for event in events),
        "samples": sum(event["event"] == "sample" for event in events),
        "characters_per_second": sum(characters) / seconds,
        "characters_per_second_in_steps": sum(characters) / in_steps,
        "share": in_steps / seconds,
    }


def tables(record: Record) -> list[Table]:
    """A line for each model."""
    heads = ("model", "seconds", "validations", "checkpoints", "samples",
             "characters/s", "the same, in steps", "share of the time in steps")  # fmt: skip
    rows = [
        [
            f"{row['model']}, {row['corpus']}",
            number(row["seconds"], 0),
            *(str(row[name]) for name in ("validations", "checkpoints", "samples")),
            rate(row["characters_per_second"]),
            rate(row["characters_per_second_in_steps"]),
            number(row["share"], 3),
        ]
        for row in record.rows
    ]
    return [Table("a run with default intervals", heads, rows)]


def main() -> None:
    """Every model in turn."""
    options = arguments()
    record = Record.begin("intervals", {"seconds": options.seconds})
    for model in options.models:
        try:
            record.add(measure(model, options), options.write)
        except CommandError as error:
            sys.exit(str(error))
    deliver(record, options, tables)


if __name__ == "__main__":
    main()

"""What is left of the speed when every core has other work to do: training beside busy loops.

Bare training steps of the same model in turns, alone and with a loop that never rests on each
core. With a scheduler that shares fairly half of the speed can be left at most; processes that
wait for one another lose more where they are not on their cores at the same time.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from grid import SEQUENCE_LENGTH, SMALL_AND_DEEP, Point
from record import Record, Row, deliver, output_options
from rounds import median_ratio
from table import Table, number, rate

from engine import Hyperparameters
from engine.benchmark import CHARACTERS
from engine.machine import Split, cores
from engine.rehearsal import Rehearsal

MODELS = (Point(1, 128, 32), Point(1, 256, 32), SMALL_AND_DEEP, Point(2, 512, 64))
SETTLING = 0.5  # s: until the loops run and the scheduler has spread everybody
LOOP = "import os; os.sched_setaffinity(0, {{{core}}})\nwhile True: pass"


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    output_options(parser)
    parser.add_argument(
        "--points", nargs="+", type=Point.parse, default=MODELS, metavar="LxHxB", help="the models"
    )
    parser.add_argument("--rounds", type=int, help="default 5")
    parser.add_argument("--seconds", type=float, help="of a turn; default 3")
    options = parser.parse_args()
    usual = (1, 0.5) if options.quick else (5, 3.0)
    for name, value in zip(("rounds", "seconds"), usual, strict=True):
        if getattr(options, name) is None:
            setattr(options, name, value)
    return options


@contextmanager
def busy_loops() -> Iterator[None]:
    """One bound to each core of this process (on Linux), for as long as the block lasts."""
    loops = [
        subprocess.Popen([sys.executable, "-c", LOOP.format(core=core)])
        for core in os.sched_getaffinity(0)
    ]
    try:
        time.sleep(SETTLING)
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def measure(point: Point, options: argparse.Namespace) -> Row:
    """One model, a process of it on each core."""
    settings = Hyperparameters(sequence_length=SEQUENCE_LENGTH, **point._asdict())
    alone: list[float] = []
    beside: list[float] = []
    with Rehearsal(settings, Split(cores(), 1), CHARACTERS) as rehearsal:
        _characters_per_second(rehearsal, SETTLING)
        for _ in range(options.rounds):
            alone.append(_characters_per_second(rehearsal, options.seconds))
            with busy_loops():
                beside.append(_characters_per_second(rehearsal, options.seconds))
    return {
        "model": str(point),
        "alone": alone,
        "beside": beside,
        "characters_per_second": {
            "alone": statistics.median(alone),
            "beside": statistics.median(beside),
        },
        "share": median_ratio(beside, alone),
    }


def _characters_per_second(rehearsal: Rehearsal, seconds: float) -> float:
    begun, steps = time.perf_counter(), 0
    while time.perf_counter() - begun < seconds:
        rehearsal.step()
        steps += 1
    return steps * rehearsal.characters / (time.perf_counter() - begun)


def tables(record: Record) -> list[Table]:
    """A line for each model."""
    heads = ["gru", "alone", "beside a busy loop on each core", "share"]
    rows = [
        [
            row["model"],
            rate(row["characters_per_second"]["alone"]),
            rate(row["characters_per_second"]["beside"]),
            number(row["share"]),
        ]
        for row in record.rows
    ]
    return [Table("characters a second of training on a machine with other work", heads, rows)]


def main() -> None:
    """Every model in turn."""
    options = arguments()
    settings = {"rounds": options.rounds, "seconds": options.seconds, "cores": cores()}
    record = Record.begin("neighbours", settings)
    for point in options.points:
        record.add(measure(point, options), options.write)
    deliver(record, options, tables)


if __name__ == "__main__":
    main()

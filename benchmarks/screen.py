"""How fast the screen is: first frame, keys, cost to training, bytes, a slow line, memory.

The program itself on a real pseudo-terminal of 120x40, while a run trains on all cores.
"""

import argparse
import contextlib
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from command import PROGRAM, CommandError, Home
from record import Record, Row, deliver, output_options
from table import Table, number
from terminal import Line, Terminal

from engine.events import Step
from gru_tui.runs.follower import Follower
from gru_tui.runs.store import Store

SLOW = Line(bytes_per_second=64_000 / 8, delay=0.2)
STARTS = 7
LEAST_KEYS = 10
WATCHING = 600.0  # seconds for the growth of the memory: caches fill in the first ones
HOUR = 3600.0
SPEED_ROUNDS = 10  # the two differ by less than one round from the next
OF_SPEED = 120.0  # seconds at least, in all rounds together
SETTLING = 5.0  # seconds: attached is measured, not attaching
QUIET = ("--validate-every", "1000000", "--checkpoint-every", "1000000")
BOUNDS = {  # measure -> (field, at most or at least, bound)
    "first frame": ("seconds", "at most", 0.8),
    "key": ("median_ms", "at most", 30.0),
    "key, slowest twentieth": ("p95_ms", "at most", 100.0),
    "training beside the app": ("ratio", "at least", 0.97),
    "bytes with news": ("bytes_per_second", "at most", 8_000.0),
    "bytes without news": ("bytes_per_second", "at most", 1_000.0),
    "typing over a slow line": ("p95_ms", "at most", 2_000.0),
    "memory": ("megabytes_per_hour", "at most", 20.0),
}


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--seconds", type=float, default=60.0, help="how long each figure is measured"
    )
    parser.add_argument(
        "--watch",
        type=float,
        default=WATCHING,
        help="seconds for the growth of the memory: its slope, and from 3600 on what it grew by",
    )
    output_options(parser)
    return parser.parse_args()


@contextlib.contextmanager
def training(home: Home, *options: str) -> Iterator[str]:
    """The id of a run that trains the default model on all cores, until the end of the block."""
    run = home.run("train", "sonnets", "--epochs", "0", "--detach", *options).strip()
    try:
        follower = Follower(Store(folder(home)).find(run).events)
        deadline = time.monotonic() + 60
        while not any(isinstance(event, Step) for event in follower.poll()):
            if time.monotonic() > deadline:
                raise CommandError("the run that was to be watched made no step in a minute")
            time.sleep(0.1)
        yield run
    finally:
        home.run("stop", run)


def folder(home: Home) -> Path:
    """The data directory."""
    return Path(home.environment["GRU_TUI_HOME"])


def app(home: Home, line: Line | None = None) -> Terminal:
    """The app, not yet drawn."""
    return Terminal(PROGRAM, home.environment, line=line)


def complete(shown: str) -> bool:
    """Whether a whole first frame stands there: first line, panes, key line."""
    return all(word in shown for word in ("1 Train", "Samples", "Hyperparameters", "^q Leave"))


def first_frame(home: Home) -> Row:
    """Seconds from the start of the process."""
    seconds = []
    for _ in range(STARTS):
        with app(home) as terminal:
            seconds.append(terminal.until(complete, "the first frame") - terminal.started)
    return {"measure": "first frame", "seconds": statistics.median(seconds), "starts": STARTS}


def typed(terminal: Terminal, seconds: float) -> list[float]:
    """Milliseconds from a key to the character in a field, again and again."""
    terminal.until(lambda shown: "● running" in shown and complete(shown), "the run is shown")
    terminal.press("h")
    time.sleep(1 + 4 * terminal.line.delay)
    terminal.press("\x1b[F")  # End: behind the figure that is there, none of it selected
    time.sleep(1 + 4 * terminal.line.delay)

    def field(shown: str) -> str:
        lines = (line for line in shown.split("\n") if "learning rate" in line)
        return next(lines, "")

    typed_in = field(terminal.shown).partition("learning rate")[2].split()[0] + "7"

    def has_it(shown: str) -> bool:
        return typed_in in field(shown)

    def lacks_it(shown: str) -> bool:
        return not has_it(shown)

    found: list[float] = []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline or len(found) < LEAST_KEYS:
        for key, effect in (("7", has_it), ("\x7f", lacks_it)):
            pressed = terminal.press(key)
            seen = terminal.until(effect, f"{key!r} is seen")
            found.append(1000 * (seen - pressed))
            time.sleep(0.05)
    return found


def holds(words: str, shown: str) -> bool:
    """Whether the screen has these words."""
    return words in shown


def turned(terminal: Terminal, seconds: float) -> list[float]:
    """Milliseconds from a key to a chart that shows something else."""
    terminal.until(lambda shown: "● running" in shown and complete(shown), "the run is shown")
    found: list[float] = []
    deadline = time.monotonic() + seconds
    names = ("Perplexity", "Loss (nats")
    while time.monotonic() < deadline or len(found) < LEAST_KEYS:
        for name in names:
            pressed = terminal.press("p")
            seen = terminal.until(partial(holds, name), f"{name} is shown")
            found.append(1000 * (seen - pressed))
            time.sleep(0.05)
    return found


def percentile(values: list[float], part: float) -> float:
    """The least value that so many of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def keys(home: Home, seconds: float) -> Row:
    """Key to effect while a run trains."""
    measured: dict[str, list[float]] = {}
    ways: dict[str, Callable[[Terminal, float], list[float]]] = {"field": typed, "chart": turned}
    for name, way in ways.items():
        with app(home) as terminal:
            measured[name] = way(terminal, seconds / 2)
    every = [value for values in measured.values() for value in values]
    row: Row = {
        "measure": "key",
        "median_ms": statistics.median(every),
        "p95_ms": percentile(every, 0.95),
        "keys": len(every),
    }
    for name, values in measured.items():
        row[f"{name}_median_ms"] = statistics.median(values)
        row[f"{name}_p95_ms"] = percentile(values, 0.95)
    return row


def slow_line(home: Home, seconds: float) -> Row:
    """The same for a field, over 64 kbit/s with 200 ms each way."""
    with app(home, SLOW) as terminal:
        values = typed(terminal, seconds)
    return {
        "measure": "typing over a slow line",
        "median_ms": statistics.median(values),
        "p95_ms": percentile(values, 0.95),
        "slowest_ms": max(values),
        "keys": len(values),
    }


def speed(home: Home, run: str, seconds: float) -> float:
    """Characters a second that the run learns from now on."""
    follower = Follower.at_end(Store(folder(home)).find(run).events)
    time.sleep(seconds)
    steps = [event for event in follower.poll() if isinstance(event, Step)]
    if len(steps) < 2:
        raise CommandError(f"the run made too few steps in {seconds:g} s; give more --seconds")
    first, last = steps[0], steps[-1]
    return (last.characters - first.characters) / (last.seconds - first.seconds)


def beside(home: Home, run: str, seconds: float) -> Row:
    """Training speed with the app attached against without, in turn."""
    ratios, alone, attached = [], [], []
    for _ in range(SPEED_ROUNDS):
        alone.append(speed(home, run, seconds / SPEED_ROUNDS))
        with app(home) as terminal:
            terminal.until(complete, "the app is attached")
            time.sleep(min(SETTLING, seconds))
            attached.append(speed(home, run, seconds / SPEED_ROUNDS))
        ratios.append(attached[-1] / alone[-1])
    return {
        "measure": "training beside the app",
        "ratio": statistics.median(attached) / statistics.median(alone),
        "least_ratio": min(ratios),
        "alone": statistics.median(alone),
        "attached": statistics.median(attached),
        "rounds": SPEED_ROUNDS,
    }


def watched(home: Home, seconds: float, measure: str) -> Row:
    """Bytes a second to the terminal, once the first frame stands."""
    with app(home) as terminal:
        terminal.until(complete, "the first frame")
        time.sleep(2)
        before = terminal.received
        time.sleep(seconds)
        received = terminal.received - before
    return {"measure": measure, "bytes_per_second": received / seconds}


def memory(home: Home, seconds: float) -> Row:
    """How the app grows while it watches, scaled to an hour."""
    with app(home) as terminal:
        terminal.until(complete, "the first frame")
        time.sleep(min(120.0, seconds / 3))  # what is loaded at first use is no growth
        begun, samples = time.monotonic(), []
        while (at := time.monotonic() - begun) < seconds:
            samples.append((at, terminal.memory / 1e6))
            time.sleep(min(1.0, seconds / 20))
    (first, least), (last, most) = samples[0], samples[-1]
    # Below an hour the slope tells too much, as caches still fill; but the two ends tell less.
    slope = statistics.linear_regression(*zip(*samples, strict=True)).slope
    growth = (most - least) / (last - first) if seconds >= HOUR else slope
    return {
        "measure": "memory",
        "megabytes_per_hour": growth * HOUR,
        "megabytes": samples[-1][1],
        "seconds": seconds,
    }


def tables(record: Record) -> list[Table]:
    """One table: each figure beside its bound."""
    rows = {row["measure"]: row for row in record.rows}
    if "key" in rows:
        rows["key, slowest twentieth"] = rows["key"]
    cells = []
    for name, (field, direction, bound) in BOUNDS.items():
        if name in rows:
            value = rows[name][field]
            kept = value <= bound if direction == "at most" else value >= bound
            asked = f"{direction} {bound:,g}"
            cells.append([name, field, number(value, 3), asked, "yes" if kept else "no"])
    heads = ["figure", "unit", "measured", "asked for", "kept"]
    return [Table("the screen at 120x40, while a run trains on all cores", heads, cells)]


def main() -> None:
    """All figures, a row at a time."""
    options = arguments()
    seconds: float = min(options.seconds, 5.0) if options.quick else options.seconds
    watching, beside_it = options.watch, max(seconds, OF_SPEED)
    if options.quick:
        watching = beside_it = seconds

    record = Record.begin("screen", {"seconds": seconds})
    record.notes = ["typing over a slow line: 64 kbit/s and 200 ms each way, so 400 ms at least"]
    try:
        with tempfile.TemporaryDirectory() as temporary:
            home = Home(Path(temporary))
            home.run("train", "sonnets", "--steps", "20", "--preset", "tiny")
            record.add(first_frame(home), options.write)
            with training(home):
                record.add(keys(home, seconds), options.write)
                record.add(slow_line(home, seconds), options.write)
                record.add(watched(home, seconds, "bytes with news"), options.write)
                record.add(memory(home, watching), options.write)
                home.run("pause", "last")
                record.add(watched(home, seconds, "bytes without news"), options.write)
            with training(home, *QUIET) as run:
                record.add(beside(home, run, beside_it), options.write)
    except (CommandError, TimeoutError) as error:
        sys.exit(str(error))
    deliver(record, options, tables)


if __name__ == "__main__":
    main()

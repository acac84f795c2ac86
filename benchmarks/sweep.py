"""What each hyperparameter is worth: the same number of characters, one setting changed at a time.

    python benchmarks/sweep.py ngram_order=1,2,4 sequence_length=32,128 "layers=2 hidden_size=256"

Every argument is a setting to try against the base (`--base`, else the defaults): values after
a comma are tried one by one, settings within quotes together. Characters are fixed rather than
seconds, so that the figures do not depend on what else the machine does; `characters/s` tells
what a setting costs. Each run is a process with one core; `--jobs` of them at once. The loss is
over the whole validation part; the last column is the difference to the base's mean.
"""

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
from learning import SHAKESPEARE
from record import Record, Row, deliver, output_options
from table import Table, number, rate

import corpora
from engine import Hyperparameters, Trainer
from engine.errors import HyperparameterError
from engine.evaluation import evaluate
from engine.events import Step

BASE = "base"
MEMORY = 0.99  # of the running mean of the training loss
HEADS = ("setting", "runs", "characters/s", "training loss", "loss", "lowest", "highest", "change")


def parser_of(description: str) -> argparse.ArgumentParser:
    """The settings to try, what they are tried against, and on what."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    output_options(parser)
    usual = str(SHAKESPEARE) if SHAKESPEARE.exists() else "sonnets"
    parser.add_argument("settings", nargs="*", metavar="NAME=VALUE[,VALUE...]")
    parser.add_argument("--base", default="", metavar="SETTINGS", help='"NAME=VALUE NAME=VALUE"')
    parser.add_argument("--corpus", default=usual, help="default %(default)s")
    parser.add_argument("--characters", type=float, help="to train on in each run; default 2e6")
    parser.add_argument("--random-seeds", nargs="+", type=int, default=[0], metavar="N")
    return parser


def parsed(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """What was asked for, of a parser of `parser_of`."""
    options = parser.parse_args()
    options.characters = options.characters or (2e4 if options.quick else 2e6)
    return options


def asked_for(
    options: argparse.Namespace, check: Callable[[str, float, int], object]
) -> list[tuple[str, str]]:
    """What each line is called, and all its settings, the base's first.

    Leaves with a sentence where `check`, which gets settings, characters and a random seed,
    raises ValueError or HyperparameterError.
    """
    try:
        asked = [(BASE, options.base)]
        asked += [(words, f"{options.base} {words}") for words in variants(options.settings)]
        for _, words in asked:
            check(words, options.characters, 0)
    except (ValueError, HyperparameterError) as error:
        sys.exit(str(error))
    return asked


def take(record: Record, setting: str, row: Row, write: str | None) -> None:
    """One more run of a setting."""
    print(f"{setting}: {row['loss']:.4f}", file=sys.stderr, flush=True)
    record.add({"setting": setting, **row}, write)


def variants(settings: Sequence[str]) -> Iterator[str]:
    """The settings to try, each as "NAME=VALUE ...". Raises ValueError."""
    for setting in settings:
        choices = []
        for part in setting.split():
            name, equals, values = part.partition("=")
            if not equals:
                raise ValueError(f"{part!r} is no setting; write NAME=VALUE")
            choices.append([f"{name}={value}" for value in values.split(",")])
        yield from (" ".join(choice) for choice in itertools.product(*choices))


def hyperparameters(words: str, characters: float, random_seed: int) -> Hyperparameters:
    """The defaults with `words` over them, for so many characters. Raises HyperparameterError."""
    values: dict[str, Any] = dict(word.split("=", 1) for word in words.split())
    settings = Hyperparameters.from_mapping({**values, "random_seed": random_seed})
    return msgspec.structs.replace(
        settings,
        epochs=0,
        steps=max(1, round(characters / (settings.batch_size * settings.sequence_length))),
        validate_every=10**9,
        sample_every=10**9,
    )


def run(corpus: str, words: str, characters: float, random_seed: int) -> Row:
    """Train once, in this process."""
    settings = hyperparameters(words, characters, random_seed)
    text = corpora.load(corpus, lower_case=settings.lower_case, min_count=settings.min_count)
    mean, begun = 0.0, time.process_time()
    with Trainer(text, settings) as trainer:
        for event in trainer:
            if isinstance(event, Step) and event.loss is not None:
                mean = event.loss if event.step == 1 else MEMORY * mean + (1 - MEMORY) * event.loss
        seconds = time.process_time() - begun
        validation = text.split(settings.validation_fraction)[1]
        loss = evaluate(trainer.model, validation)
        trained = trainer.position.characters
    return {
        "random_seed": random_seed,
        "steps": settings.steps,
        "characters": trained,
        "characters_per_second": trained / seconds,
        "training_loss": mean,
        "loss": loss,
    }


def in_a_process(options: argparse.Namespace, words: str, random_seed: int) -> Row:
    """`run` in a process of its own with one BLAS thread. Raises subprocess.CalledProcessError."""
    one = json.dumps([words, random_seed])
    asked = ("--corpus", options.corpus, "--characters", str(options.characters), "--one", one)
    done = subprocess.run(
        [sys.executable, __file__, *asked],
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        check=True,
    )
    row: Row = json.loads(done.stdout)
    return row


def tables(record: Record) -> list[Table]:
    """A row for each setting: the means over its random seeds."""
    groups: dict[str, list[Row]] = {}
    for row in record.rows:
        groups.setdefault(row["setting"], []).append(row)
    means = {
        setting: {
            key: statistics.fmean(row[key] for row in rows)
            for key in ("characters_per_second", "training_loss", "loss")
        }
        for setting, rows in groups.items()
    }
    base = means.get(BASE, {}).get("loss")
    cells = [
        [
            setting,
            str(len(groups[setting])),
            rate(mean["characters_per_second"]),
            number(mean["training_loss"], 3),
            number(mean["loss"], 4),
            number(min(row["loss"] for row in groups[setting]), 4),
            number(max(row["loss"] for row in groups[setting]), 4),
            "" if base is None else f"{mean['loss'] - base:+.4f}",
        ]
        for setting, mean in means.items()
    ]
    return [Table(f"loss after {record.settings['characters']:,.0f} characters", HEADS, cells)]


def main() -> None:
    """The base and every variant, for every random seed."""
    parser = parser_of(__doc__)
    parser.add_argument("--jobs", type=int, default=1, help="runs at once; default 1")
    parser.add_argument("--one", help=argparse.SUPPRESS)  # the process of a single run
    options = parsed(parser)
    if options.one:
        words, random_seed = json.loads(options.one)
        print(json.dumps(run(options.corpus, words, options.characters, random_seed)))
        return
    asked = asked_for(options, hyperparameters)
    names = ("base", "corpus", "characters", "random_seeds", "jobs")
    record = Record.begin("sweep", {name: getattr(options, name) for name in names})
    with ThreadPoolExecutor(options.jobs) as pool:
        futures = [
            (setting, pool.submit(in_a_process, options, words, random_seed))
            for setting, words in asked
            for random_seed in options.random_seeds
        ]
        for setting, future in futures:
            take(record, setting, future.result(), options.write)
    deliver(record, options, tables)


if __name__ == "__main__":
    main()

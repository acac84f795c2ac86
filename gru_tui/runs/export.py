"""A run's events as files for other programs: samples as text, figures as CSV."""

import codecs
import csv
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate
from pathlib import Path
from typing import IO

from corpora.errors import ReportedError
from engine.events import AnyEvent, Rollback, Sample, State, Step, Validation
from gru_tui.runs.follower import Follower, Skipped

Complain = Callable[[str], object]  # hears one sentence about lines that had to be skipped

COLUMNS = (
    "event",
    "step",
    "epoch",
    "seconds",
    "time",
    "loss",
    "perplexity",
    "validation_loss",
    "validation_perplexity",
    "bits_per_character",
    "best",
    "learning_rate",
    "gradient_norm",
    "characters_per_second",
)


def _unheard(_: str) -> None:
    """The notes of the Train screen name damaged lines already."""


def write_samples(path: Path, file: IO[bytes], complain: Complain = _unheard) -> None:
    """Each sample under a line that says when and at which temperature it was written.

    Raises ReportedError when the events cannot be read.
    """
    for event in _events(path, complain):
        if isinstance(event, Sample):
            head = f"--- step {event.step}, epoch {event.epoch:.2f}, temperature "
            head += f"{event.temperature:g} ---\n"
            text = event.seed_text + event.text
            file.write((head + text + "\n\n").encode("utf-8", "backslashreplace"))


def write_csv(path: Path, file: IO[bytes], complain: Complain = _unheard) -> None:
    """A line for every step and validation event; what an event does not have stays empty.

    Steps of a model that was lost, with a killed process or in a roll-back, are left out, as in
    the chart. Raises ReportedError when the events cannot be read.
    """
    returns = deque(_returns(_events(path, _unheard)))
    table = csv.DictWriter(codecs.getwriter("utf-8")(file), COLUMNS, restval="")
    table.writeheader()
    for number, event in enumerate(_events(path, complain)):
        while returns and returns[0][0] <= number:
            returns.popleft()
        if isinstance(event, Step | Validation) and (not returns or event.step <= returns[0][1]):
            table.writerow(_row(event))


def _returns(events: Iterable[AnyEvent]) -> list[tuple[int, int]]:
    """Where training went back: the event's number, and the lowest step gone back to from there."""
    found = [
        (number, event.step)
        for number, event in enumerate(events)
        if isinstance(event, Rollback) or (isinstance(event, State) and event.state == "running")
    ]
    lowest = accumulate((step for _, step in reversed(found)), min)
    return [(number, step) for (number, _), step in zip(reversed(found), lowest, strict=True)][::-1]


def _events(path: Path, complain: Complain) -> Iterator[AnyEvent]:
    try:
        path.open("rb").close()  # a follower would wait for a file that cannot be read as yet
    except FileNotFoundError:
        return  # the run has not begun
    except OSError as error:
        raise ReportedError(f"{path} cannot be read ({error.strerror})") from None
    skipped = Skipped()
    for event in Follower(path).rest():
        if not skipped.take(event):
            yield event
    if skipped.count:
        complain(skipped.sentence)


def _row(event: Step | Validation) -> dict[str, object]:
    row: dict[str, object] = {
        "step": event.step,
        "epoch": event.epoch,
        "seconds": event.seconds,
        "time": event.time,
    }
    if isinstance(event, Step):
        return row | {
            "event": "step",
            "loss": event.loss,
            "perplexity": event.perplexity,
            "learning_rate": event.learning_rate,
            "gradient_norm": event.gradient_norm,
            "characters_per_second": event.characters_per_second,
        }
    return row | {
        "event": "validation",
        "validation_loss": event.loss,
        "validation_perplexity": event.perplexity,
        "bits_per_character": event.bits_per_character,
        "best": int(event.best),
    }

"""What became of a run, in lines of plain text: model, settings, figures, changes, checkpoints."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.events import Sample
from engine.hyperparameters import Hyperparameters
from engine.loss import bits_per_character, perplexity
from engine.numbered import numbered
from gru_tui.commands.checkpoints import BY_NAME
from gru_tui.draft import as_text
from gru_tui.figures import duration, memory, rate_figure
from gru_tui.table import cut
from gru_tui.visible import visible

if TYPE_CHECKING:
    from gru_tui.runs.run import Run
    from gru_tui.runs.summary import Summary

LABEL = 13  # columns
SAMPLE_LINES = 8
MOST_CHANGES = 12


def lines(
    summary: "Summary", changes: list[str], sample: Sample | None, width: int
) -> Iterator[str]:
    """The whole account; no line is wider than `width`, and none holds a control character."""
    for label, words in _facts(summary):
        yield from _wrapped(label, words, width)
    for number, words in enumerate(changes[-MOST_CHANGES:]):
        yield from _wrapped("changes" if number == 0 else "", words, width)
    if len(changes) > MOST_CHANGES:
        yield from _wrapped("", f"and {len(changes) - MOST_CHANGES} before these", width)
    if sample is not None:
        yield ""
        head = f"last sample, step {sample.step:,}, temperature {sample.temperature:g}"
        yield head[:width]
        text = visible(sample.seed_text + sample.text).expandtabs().strip("\n")
        for line in text.split("\n")[:SAMPLE_LINES]:
            yield cut("  " + line, width).rstrip()


def _facts(summary: "Summary") -> Iterator[tuple[str, str]]:
    run, figures = summary.run, summary.figures
    config, label = run.config, run.label
    yield "run", f"{run.id}, {label.name}" if label.name else run.id
    yield "state", f"{summary.state}: {summary.reason}" if summary.reason else summary.state
    if label.note:
        yield "note", label.note
    if config.parent:
        yield "forked from", f"{config.parent.name} at step {config.parent.step:,}"
    begun = time.strftime("%Y-%m-%d %H:%M", time.localtime(config.created))
    yield "begun", begun
    corpus = config.corpus
    words = f"{corpus.name}, {corpus.characters:,} characters, {corpus.vocabulary_size} distinct"
    if corpus.entropy_rate is not None:
        words += f", entropy {corpus.entropy_rate:.4f}"
    yield "corpus", words
    yield "model", config.model
    yield "differs", _differences({**config.hyperparameters, **figures.changed})
    yield (
        "trained",
        f"{figures.step:,} steps, {figures.epoch:.2f} epochs, {duration(figures.seconds)}",
    )
    if figures.characters_per_second is not None:
        rate = rate_figure(figures.characters_per_second).strip()
        held = f", {memory(figures.memory)}" if figures.memory else ""
        yield "speed", f"{rate} characters a second{held}"
    if figures.loss is not None:
        yield "last loss", f"{figures.loss:.4f} nats per character (training)"
    yield "best", _best(summary)
    yield "checkpoints", _checkpoints(run)


def _differences(settings: dict[str, object]) -> str:
    defaults = Hyperparameters().to_mapping()
    found = [
        f"{name} {as_text(value)} ({as_text(defaults.get(name, 'unknown'))})"
        for name, value in settings.items()
        if value != defaults.get(name)
    ]
    return ", ".join(found) or "in nothing from the defaults"


def _best(summary: "Summary") -> str:
    bests = summary.figures.bests
    if not bests or bests[-1].loss is None:
        return "nothing was validated yet"
    best, loss = bests[-1], bests[-1].loss
    return (
        f"validation loss {loss:.4f} nats per character (perplexity {perplexity(loss):.4f}, "
        f"{bits_per_character(loss):.4f} bits) at step {best.step:,}, epoch {best.epoch:.2f}"
    )


def _checkpoints(run: "Run") -> str:
    named = [name for name in BY_NAME if (run.checkpoints / f"{name}.safetensors").exists()]
    steps = ", ".join(f"{step:,}" for step in numbered(run.checkpoints))
    return ", ".join([*named, *([f"step {steps}"] if steps else [])]) or "none"


def _wrapped(label: str, words: str, width: int) -> Iterator[str]:
    """A label, then the words behind it, broken at blanks where they are too long."""
    room = max(20, width - LABEL)
    rest = " ".join(visible(words).split())
    while True:
        line = cut(rest, room)
        if line != rest:
            end = rest.rfind(" ", 0, len(line))
            line = rest[: end if end > 0 else max(1, len(line) - 1)]
        yield (label.ljust(LABEL) + line).rstrip()
        rest, label = rest[len(line) :].lstrip(), ""
        if not rest:
            return

"""`gru-tui generate`: the seed text and what the model writes after it, on standard output."""

import itertools
import os
import secrets
from typing import TYPE_CHECKING, Any

import click

from corpora.errors import ReportedError
from gru_tui.commands import checkpoints, stdout
from gru_tui.commands.session import Session

if TYPE_CHECKING:
    from gru_tui.runs.run import Run

ALL = "all"


@click.command(short_help="write with a model")
@click.argument("run", metavar="RUN")
@click.option(
    "--checkpoint",
    metavar="best|last|STEP|all",
    help="Which checkpoint. Default best, or last where nothing was validated; all lets each "
    "write in its turn, the oldest first, from the same random seed.",
)
@click.option("--seed-text", default="", metavar="TEXT", help="What the text begins with.")
@click.option(
    "--random-seed", type=click.IntRange(min=0), metavar="N", help="Makes the text repeatable."
)
@click.option(
    "--temperature",
    type=float,
    default=0.8,
    metavar="X",
    help="0 always takes the likeliest character, 1 is as learnt, above is wilder. Default 0.8.",
)
@click.option(
    "--top-k",
    type=int,
    default=0,
    metavar="K",
    help="Draw only from the K likeliest characters; 0 (the default) is all of them.",
)
@click.option(
    "--top-p",
    type=float,
    default=1.0,
    metavar="P",
    help="Draw only from the likeliest characters that make up P of the probability. Default 1.",
)
@click.option(
    "--length",
    type=int,
    default=1000,
    metavar="N",
    help="Characters to write after the seed text. Default 1000.",
)
@click.option(
    "--samples",
    type=int,
    default=1,
    metavar="N",
    help="Texts to write side by side, with an empty line between two. Default 1.",
)
@click.pass_obj
def command(
    session: Session,
    run: str,
    checkpoint: str | None,
    seed_text: str,
    random_seed: int | None,
    temperature: float,
    top_k: int,
    top_p: float,
    length: int,
    samples: int,
) -> None:
    """Write with the model of RUN: the seed text, and the characters that follow it.

    The text streams to standard output, nothing else does. A terminal gets a closing
    newline and sees control characters as symbols; a file or a pipe gets the exact text.
    With --checkpoint all there is a text for each checkpoint and an empty line between two;
    on standard error stand the step and the validation loss of each.
    """
    # One stream's products are too small to share, and the cores may be busy training.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    found = session.find(run)
    settings: dict[str, Any] = {
        "length": length,
        "temperature": temperature,
        "top_k": top_k,
        "top_p": top_p,
        "random_seed": random_seed,
    }
    if checkpoint == ALL:
        if samples != 1:
            raise click.UsageError("--checkpoint all and --samples exclude each other")
        _time_lapse(found, seed_text, settings)
        return
    path = checkpoints.checkpoint_path(found, checkpoint)

    from engine.checkpoint import load_checkpoint
    from engine.sampling import generate, generate_samples

    model = load_checkpoint(path).model
    if samples == 1:
        stdout.stream(itertools.chain((seed_text,), generate(model, seed_text, **settings)))
        return
    texts = generate_samples(model, seed_text, samples=samples, processes=0, **settings)
    stdout.stream(["\n\n".join(seed_text + text for text in texts)])


def _time_lapse(run: "Run", seed_text: str, settings: dict[str, Any]) -> None:
    """One text a checkpoint, an empty line between two; their headings on standard error."""
    from engine.checkpoint import load_checkpoint
    from engine.sampling import generate
    from gru_tui.generation.fields import MOST_RANDOM_SEED
    from gru_tui.generation.lapse import heading, in_turn
    from gru_tui.generation.shelf import CheckpointShelf

    kept = in_turn(CheckpointShelf().of(run.path))
    if not kept:
        raise ReportedError(f"run {run.id} has no checkpoint yet that can write")
    if settings["random_seed"] is None:
        settings["random_seed"] = secrets.randbelow(MOST_RANDOM_SEED + 1)
    for place, one in enumerate(kept):
        model = load_checkpoint(one.path).model
        written = generate(model, seed_text, **settings)
        if place:
            stdout.line("" if stdout.is_terminal() else "\n")
        stdout.settle()  # so that on a terminal the heading stands above its text
        click.echo(f"── {heading(one)} ──", err=True)
        stdout.stream(itertools.chain((seed_text,), written))

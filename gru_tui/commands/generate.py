"""`gru-tui generate`: the seed text and what the model writes after it, on standard output."""

import itertools
import os
from typing import Any

import click

from gru_tui.commands import checkpoints, stdout
from gru_tui.commands.session import Session


@click.command(short_help="write with a model")
@click.argument("run", metavar="RUN")
@checkpoints.option
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
    """
    # One stream's products are too small to share, and the cores may be busy training.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    path = checkpoints.checkpoint_path(session.find(run), checkpoint)

    from engine.checkpoint import load_checkpoint
    from engine.sampling import generate, generate_samples

    model = load_checkpoint(path).model
    settings: dict[str, Any] = {
        "length": length,
        "temperature": temperature,
        "top_k": top_k,
        "top_p": top_p,
        "random_seed": random_seed,
    }
    if samples == 1:
        stdout.stream(itertools.chain((seed_text,), generate(model, seed_text, **settings)))
        return
    texts = generate_samples(model, seed_text, samples=samples, **settings)
    stdout.stream(["\n\n".join(seed_text + text for text in texts)])

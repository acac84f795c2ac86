"""`gru-tui evaluate`: the loss of a checkpoint over the validation part of a text."""

import json
import math
from typing import TYPE_CHECKING

import click

from corpora.errors import ReportedError
from gru_tui.commands import checkpoints, stdout
from gru_tui.commands.session import Session

if TYPE_CHECKING:
    from corpora import Corpus, Vocabulary
    from engine.arrays import Ids
    from engine.checkpoint import Checkpoint


@click.command(short_help="measure a model on the validation part of a text")
@click.argument("run", metavar="RUN")
@checkpoints.option
@click.option(
    "--corpus",
    metavar="CORPUS",
    help="Measure another text: a built-in name, a file or a folder. Default the run's own.",
)
@click.option("--whole", is_flag=True, help="Measure the whole text, not its validation part.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
@click.pass_obj
def command(
    session: Session,
    run: str,
    checkpoint: str | None,
    corpus: str | None,
    whole: bool,
    as_json: bool,
) -> None:
    """Measure a checkpoint of RUN: loss in nats per character, perplexity, bits per character.

    The validation part is the end of the text, as long as the run's validation_fraction says.
    """
    path = checkpoints.checkpoint_path(session.find(run), checkpoint)

    from engine.checkpoint import load_checkpoint
    from engine.evaluation import evaluate
    from engine.loss import bits_per_character, perplexity

    loaded = load_checkpoint(path)
    ids = _ids(loaded, corpus, whole=whole)
    loss = evaluate(loaded.model, ids)
    if not math.isfinite(loss):
        raise ReportedError(f"the loss of {path} is {loss}: the model is broken; take another")
    figures = {
        "loss": loss,
        "perplexity": perplexity(loss),
        "bits_per_character": bits_per_character(loss),
        "characters": len(ids),
    }
    if as_json:
        stdout.line(json.dumps(figures))
        return
    stdout.line(f"loss                {loss:.4f} nats per character")
    stdout.line(f"perplexity          {figures['perplexity']:.4f}")
    stdout.line(f"bits per character  {figures['bits_per_character']:.4f}")
    stdout.line(f"characters          {len(ids):,}")


def _ids(checkpoint: "Checkpoint", spec: str | None, *, whole: bool) -> "Ids":
    """The part of the text that is to be measured, in the model's vocabulary.

    Raises CorpusError for a text that cannot be read or has changed, UsageError for one
    with characters that the model never saw or with no validation part.
    """
    import corpora
    from corpora.errors import CorpusError, UsageError

    settings = checkpoint.hyperparameters
    source = spec if spec is not None else str(checkpoint.corpus.get("source", ""))
    # What is rare in another text does not matter: the run's vocabulary decides.
    min_count = settings.min_count if spec is None else 1
    text = corpora.load(source, lower_case=settings.lower_case, min_count=min_count)
    if spec is None and text.sha256 != checkpoint.corpus.get("sha256"):
        raise CorpusError(
            f"{source} is not the text any more that the run was trained on; "
            f"give --corpus {source} to measure it as it is now"
        )
    ids = _encoded(text, checkpoint.model.vocabulary)
    if whole:
        return ids
    validation = ids[len(text.split(settings.validation_fraction)[0]) :]
    if len(validation) < 2:
        raise UsageError(
            f"{text.name} has no validation part (validation_fraction is "
            f"{settings.validation_fraction:g}); --whole measures all of it"
        )
    return validation


def _encoded(text: "Corpus", vocabulary: "Vocabulary") -> "Ids":
    """The text's ids in another vocabulary. Raises UsageError for characters that it lacks."""
    if text.vocabulary == vocabulary:
        return text.ids
    import numpy as np

    from corpora.errors import UsageError

    places = {character: place for place, character in enumerate(vocabulary.characters)}
    unknown = vocabulary.unknown_id
    lacking = [character for character in text.vocabulary.characters if character not in places]
    if lacking and unknown is None:
        names = ", ".join(repr(character) for character in lacking[:8])
        raise UsageError(
            f"{text.name} has {len(lacking)} character(s) that this model never saw: {names}"
            f"{', ...' if len(lacking) > 8 else ''}; leave them out of the text"
        )
    table = np.array(
        [places.get(character, unknown) for character in text.vocabulary.characters], np.uint32
    )
    return table[text.ids]

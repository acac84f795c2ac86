"""`gru-tui evaluate`: the loss of a checkpoint over the validation part of a text."""

import json
import math
from typing import TYPE_CHECKING

import click

from corpora.errors import ReportedError
from gru_tui.commands import checkpoints, stdout
from gru_tui.commands.patience import reading
from gru_tui.commands.session import Session

if TYPE_CHECKING:
    from corpora import Corpus, Vocabulary
    from engine.arrays import Ids
    from engine.checkpoint import Checkpoint
    from gru_tui.runs.run import Run


@click.command(short_help="measure a model on the validation part of a text")
@click.argument("run", metavar="RUN")
@checkpoints.option
@click.option(
    "--corpus",
    metavar="CORPUS",
    help="Measure another text: a name, a file or a folder. Default the one that the run learns.",
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
    found = session.find(run)
    path = checkpoints.checkpoint_path(found, checkpoint)

    from engine.checkpoint import load_checkpoint
    from engine.evaluation import evaluate
    from engine.loss import bits_per_character, finite_perplexity, perplexity

    loaded = load_checkpoint(path)
    ids = _ids(loaded, _text(session, found, corpus), whole=whole)
    loss = evaluate(loaded.model, ids, processes=0)
    if not math.isfinite(loss):
        raise ReportedError(f"the loss of {path} is {loss}: the model is broken; take another")
    figures = {
        "loss": loss,
        "perplexity": finite_perplexity(loss),
        "bits_per_character": bits_per_character(loss),
        "characters": len(ids),
        "unknown_characters": _unknown(ids, loaded.model.vocabulary),
    }
    if as_json:
        stdout.line(json.dumps(figures))
        return
    stdout.line(f"loss                {loss:.4f} nats per character")
    stdout.line(f"perplexity          {perplexity(loss):.4f}")
    stdout.line(f"bits per character  {figures['bits_per_character']:.4f}")
    stdout.line(f"characters          {len(ids):,}")
    if figures["unknown_characters"]:
        stdout.line(
            f"unknown             {figures['unknown_characters']:,} of them, each taken as the "
            "model's one symbol for all that it does not know"
        )


def _text(session: Session, run: "Run", spec: str | None) -> "Corpus":
    """The text of that name or path, or the very one that the run began with.

    Raises CorpusError for a text that cannot be read, is gone or has changed.
    """
    if spec is None:
        from gru_tui.runs import text

        return text.load(run)
    import corpora

    # What is rare in another text does not matter: the run's vocabulary decides.
    lower_case = run.hyperparameters().lower_case
    with reading(spec):
        return corpora.load(spec, lower_case=lower_case, shelf=session.shelf())


def _ids(checkpoint: "Checkpoint", text: "Corpus", *, whole: bool) -> "Ids":
    """The part of the text that is to be measured, in the model's vocabulary.

    Raises UsageError for a text with characters that the model never saw or with no
    validation part.
    """
    from corpora.errors import UsageError

    settings = checkpoint.hyperparameters
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


def _unknown(ids: "Ids", vocabulary: "Vocabulary") -> int:
    """How many of them stand for a character that the model does not know."""
    return 0 if vocabulary.unknown_id is None else int((ids == vocabulary.unknown_id).sum())


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

"""The text that a run learns: a copy of its own, so that no change elsewhere can lose the run."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from corpora.errors import CorpusError
from corpora.whole_file import make_durable

if TYPE_CHECKING:
    from corpora import Corpus
    from gru_tui.runs.run import Run

FILE = "text.ids"


def keep(folder: Path, corpus: "Corpus") -> None:
    """Put the encoded text into a run's directory.

    A large one is not copied, but linked to where it is kept already; where that cannot be, it is
    left out if it can be read again. Raises OSError.
    """
    from corpora import cache

    path = folder / FILE
    if len(corpus) < cache.LARGE or not (cache.link(corpus, path) or corpus.source):
        cache.write(path, corpus, corpus.sha256)
    if path.exists():
        make_durable(path)


def load(run: "Run") -> "Corpus":
    """The very text that the run began with.

    Raises CorpusError when it is gone or has changed, DamagedRunError.
    """
    import corpora
    from corpora import cache

    record, settings = run.config.corpus, run.hyperparameters()
    kept = cache.read(run.path / FILE, record.sha256)
    if kept is not None:
        # The header of one that is linked to has the name that its first reader gave it.
        return replace(
            kept, name=record.name, source=record.source, entropy_rate=record.entropy_rate
        )
    if not record.source:
        raise CorpusError(f"{run.path / FILE} is missing or damaged, and the text is nowhere else")
    found = corpora.load(
        record.source, lower_case=settings.lower_case, min_count=settings.min_count
    )
    if found.sha256 != record.sha256:
        raise CorpusError(
            f"{record.source} is not the text any more that run {run.id} was begun with; "
            "put the old text back, or begin a new run"
        )
    return found

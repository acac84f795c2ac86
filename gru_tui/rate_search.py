"""What a sweep over learning rates begins with: a new model, or a copy of a run's last state."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from corpora.errors import UsageError
from engine.hyperparameters import Hyperparameters

if TYPE_CHECKING:
    from corpora import Corpus
    from corpora.added import Shelf
    from engine.machine import Split
    from engine.rate_finder import Point
    from gru_tui.runs.run import Run


@dataclass(frozen=True)
class Search:
    """Ready to sweep; `points` may be taken once."""

    corpus: "Corpus"
    hyperparameters: Hyperparameters
    checkpoint: Path | None
    split: "Split"

    def points(self) -> Iterator["Point"]:
        """The sweep, a point a step. Raises ReportedError."""
        from engine.rate_finder import sweep

        yield from sweep(
            self.corpus, self.hyperparameters, checkpoint=self.checkpoint, processes=self.split
        )


def of_corpus(shelf: "Shelf", source: str, hyperparameters: Hyperparameters) -> Search:
    """From a new model. Raises UsageError where there is no such corpus, ReportedError."""
    import corpora
    from corpora import cache
    from engine.batches import laid_out
    from engine.footprint import check_fits
    from engine.tuning import choose_split

    try:
        corpus = corpora.load(
            source,
            lower_case=hyperparameters.lower_case,
            min_count=hyperparameters.min_count,
            shelf=shelf,
        )
    except UsageError as error:
        raise UsageError(f"{source!r} is no run, and as a corpus: {error}") from error
    settings, size = laid_out(hyperparameters, corpus), len(corpus.vocabulary)
    check_fits(settings, size)
    # Nothing is tried for so few steps: what is known of this model, or what is usual.
    split = choose_split(settings, size, cache.folder(), is_quiet=False)
    return Search(corpus, hyperparameters, None, split)


def of_run(run: "Run", changes: Mapping[str, object]) -> Search:
    """From the last checkpoint of a run, with changes. Raises UsageError, ReportedError."""
    from engine.checkpoint import read_header
    from engine.hyperparameters import live_changes
    from engine.machine import Split
    from engine.shards import sharding_is_safe
    from gru_tui.runs import text

    checkpoint = run.checkpoint_to_go_on_from()
    before = read_header(checkpoint).settings()
    settings = Hyperparameters.from_mapping(live_changes(changes), before)
    config = run.config
    processes = config.processes if sharding_is_safe() else 1  # as where the run itself goes on
    return Search(text.load(run), settings, checkpoint, Split(processes, config.blas_threads))

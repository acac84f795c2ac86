"""The demonstration: a run on a built-in text, so small that its loss falls while one looks."""

from typing import TYPE_CHECKING, Any

from engine.hyperparameters import Hyperparameters

if TYPE_CHECKING:
    from gru_tui.runs.store import Store

CORPUS = "sonnets"
NOTE = "the demonstration"
SETTINGS: dict[str, Any] = {
    "layers": 1,
    "hidden_size": 96,
    "batch_size": 16,  # many small steps a second: the curve moves at once
    "processes": 1,  # nothing to be tried out before the first step
    "blas_threads": 1,
    "warm_up": 20,
    "epochs": 0,
    "max_seconds": 240.0,  # long enough for the notes of the tour to be read and tried
    "sample_every": 50,
    "sample_length": 160,
}


def start(store: "Store") -> str:
    """Create the run beside the others and let it train; its id. Raises ReportedError."""
    import corpora
    from gru_tui.runs import launch

    run = store.create(corpora.load(CORPUS), Hyperparameters.from_mapping(SETTINGS), note=NOTE)
    launch.start(run)
    return run.id

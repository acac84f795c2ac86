"""The errors that the engine reports; their base lives with the corpora."""

from corpora.errors import ReportedError, UsageError

__all__ = [
    "CheckpointError",
    "CheckpointWriteError",
    "DivergedError",
    "HyperparameterError",
    "ReportedError",
    "UsageError",
    "WorkerError",
]


class HyperparameterError(UsageError):
    """A hyperparameter that is unknown, of the wrong type, or out of bounds."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class CheckpointError(ReportedError):
    """A checkpoint that is truncated, foreign, or at odds with its own header."""


class CheckpointWriteError(ReportedError):
    """A checkpoint that could not be written; the older ones are untouched."""


class DivergedError(ReportedError):
    """Training that diverged again after every roll-back."""


class WorkerError(ReportedError):
    """A worker process that died; the parameters of this step are lost."""

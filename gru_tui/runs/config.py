"""run.json: what a run is. Written once, atomically, when the run is created."""

import platform
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from corpora.errors import ReportedError, UsageError
from engine.events import FORMAT
from engine.hyperparameters import Hyperparameters, field

FILE = "run.json"
MOST_BYTES = 1 << 22
YEAR_10000 = 253_402_300_800  # seconds since 1970: where the calendar of Python ends

# What a setting was in runs of releases that did not know it; its default may be another model's.
BEFORE: dict[str, Any] = {"ngram_order": 1, "ngram_size": 0, "input_norm": False}

Count = Annotated[int, Meta(ge=1)]


class CorpusRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Which text, and how much of it; `entropy_rate` in nats per character where it is known."""

    name: str
    source: str
    sha256: str
    characters: int
    vocabulary_size: int
    entropy_rate: float | None = None


class Parent(msgspec.Struct, frozen=True, kw_only=True):
    """Where a fork comes from: the run, its name then, and the step of the checkpoint."""

    run: str
    name: str
    step: int
    epoch: float


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """Which run is repeated, its name then, and how far."""

    run: str
    name: str
    step: int


class RunConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The whole configuration. `architecture` is the engine's, as a checkpoint's header has it."""

    format: str = FORMAT
    id: str
    created: Annotated[float, Meta(ge=0, lt=YEAR_10000)]  # seconds since 1970
    corpus: CorpusRecord
    architecture: dict[str, Any]
    hyperparameters: dict[str, Any]
    random_seed: int
    processes: Count
    blas_threads: Count
    parent: Parent | None = None
    replays: Replayed | None = None
    versions: dict[str, str] = {}

    @property
    def model(self) -> str:
        """Cell, layers and units, as in "gru 3x192"."""
        return "{cell} {layers}x{hidden_size}".format(**self.architecture)


class _Model(msgspec.Struct):
    """What lists and headings need of `architecture`; the engine itself would load NumPy."""

    cell: str
    layers: Count
    hidden_size: Count


class _Format(msgspec.Struct):
    format: str


class DamagedRunError(ReportedError):
    """A run.json that is missing, damaged or of another format."""


class OtherFormatError(DamagedRunError):
    """A run.json that another version of gru-tui has written."""


def versions() -> dict[str, str]:
    """What the run is made with."""
    import numpy as np

    from gru_tui import __version__

    return {"gru-tui": __version__, "numpy": np.__version__, "python": platform.python_version()}


def read(folder: Path) -> RunConfig:
    """The configuration of the run in `folder`. Raises DamagedRunError."""
    path = folder / FILE
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES)
        _check_format(path, msgspec.json.decode(data, type=_Format).format)
        config = msgspec.json.decode(data, type=RunConfig)
        msgspec.convert(config.architecture, _Model)
        # As they are understood and no others: "5", which is read as a number, is shown as one.
        names = [field(name).name for name in config.hyperparameters]
        parsed = Hyperparameters.from_mapping(config.hyperparameters).to_mapping()
    except OSError as error:
        raise DamagedRunError(f"{path} cannot be read: {error.strerror}") from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, UsageError) as error:
        raise DamagedRunError(f"{path} is damaged: {str(error)[:200]}") from error
    return msgspec.structs.replace(config, hyperparameters={name: parsed[name] for name in names})


def _check_format(path: Path, found: str) -> None:
    if found != FORMAT:
        raise OtherFormatError(
            f"{path} has format {found[:40]!r}, but this program reads {FORMAT}; "
            "a newer gru-tui may read it"
        )

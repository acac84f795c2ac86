"""All runs of a data directory: listed, found, created, deleted."""

import difflib
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from corpora.errors import ReportedError, UsageError
from engine.hyperparameters import Hyperparameters
from gru_tui.runs import config, text
from gru_tui.runs.config import CorpusRecord, DamagedRunError, Parent, RunConfig
from gru_tui.runs.files import write_whole
from gru_tui.runs.home import make_folder
from gru_tui.runs.names import ids, new_name
from gru_tui.runs.run import CHECKPOINTS, LABEL, Label, Run, checked_name, checked_note

if TYPE_CHECKING:
    from corpora import Corpus

LAST = "last"


class Store:
    """The runs under `<data dir>/runs`. Everything here reads files: call it off the UI."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir / "runs"

    def all(self) -> list[Run]:
        """Every run, damaged ones too, the oldest first. Raises ReportedError."""
        try:
            folders = [path for path in self.folder.iterdir() if path.is_dir()]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise ReportedError(
                f"the runs in {self.folder} cannot be listed ({error.strerror})"
            ) from error
        return [Run(path) for path in sorted(folders) if not path.name.startswith(".")]

    def list(self) -> list[Run]:
        """The runs that can be read, the oldest first. Raises ReportedError."""
        return [run for run in self.all() if _is_readable(run)]

    def find(self, words: str) -> Run:
        """The run of that id, unique beginning of an id, or name; `last` is the newest.

        Raises UsageError with the nearest.
        """
        runs = self.all()
        exact = [run for run in runs if run.id == words]
        if exact:
            return exact[0]
        if not words or not runs:
            raise UsageError(f"there is no run {words!r}; gru-tui train CORPUS begins one")
        if words == LAST:
            return (self.list() or runs)[-1]
        named = [run for run in runs if run.label.name == words]
        found = named or [run for run in runs if run.id.startswith(words)]
        if len(found) == 1:
            return found[0]
        if found:
            which = ", ".join(run.id for run in found[-5:])
            raise UsageError(
                f"{words!r} may be any of {len(found)} runs ({which}); give the whole id"
            )
        near = difflib.get_close_matches(
            words, [name for run in runs for name in (run.id, run.name)], n=1, cutoff=0.5
        )
        hint = f"did you mean {near[0]}?" if near else "gru-tui runs lists them"
        raise UsageError(f"there is no run {words!r}; {hint}")

    def create(
        self,
        corpus: "Corpus",
        hyperparameters: Hyperparameters,
        *,
        name: str = "",
        note: str = "",
        parent: Parent | None = None,
    ) -> Run:
        """A new run, not begun yet. Raises UsageError for a bad name or note, ReportedError."""
        from engine.machine import choose_blas_threads, choose_processes
        from engine.model import Architecture

        taken = {run.name for run in self.all()}
        label = Label(checked_name(name) if name else new_name(taken), checked_note(note))
        processes = choose_processes(hyperparameters)
        architecture = Architecture.of(hyperparameters, len(corpus.vocabulary))
        now = time.time()
        path = self._new_folder(now)
        whole = RunConfig(
            id=path.name,
            created=now,
            corpus=CorpusRecord(
                name=corpus.name,
                source=corpus.source,
                sha256=corpus.sha256,
                characters=len(corpus),
                vocabulary_size=len(corpus.vocabulary),
                entropy_rate=corpus.entropy_rate,
            ),
            architecture=msgspec.to_builtins(architecture),
            hyperparameters=hyperparameters.to_mapping(),
            random_seed=hyperparameters.random_seed,
            processes=processes,
            blas_threads=choose_blas_threads(hyperparameters, processes),
            parent=parent,
            versions=config.versions(),
        )
        try:
            (path / CHECKPOINTS).mkdir(mode=0o700)
            text.keep(path, corpus)
            write_whole(path / LABEL, msgspec.json.encode(label))
            write_whole(path / config.FILE, msgspec.json.format(msgspec.json.encode(whole)))
        except OSError as error:
            shutil.rmtree(path, ignore_errors=True)
            raise ReportedError(
                f"the run cannot be written to {path} ({error.strerror}); nothing was left there"
            ) from error
        return Run(path)

    def delete(self, run: Run) -> None:
        """Remove its directory. Raises ReportedError while it lives, or where that fails."""
        if run.is_alive():
            raise ReportedError(f"run {run.id} is being trained; stop it before you delete it")
        try:
            shutil.rmtree(run.path)
        except OSError as error:
            raise ReportedError(
                f"run {run.id} could not be deleted whole ({error.filename}: {error.strerror})"
            ) from error

    def _new_folder(self, now: float) -> Path:
        make_folder(self.folder)
        for name in ids(now):
            path = self.folder / name
            try:
                path.mkdir(mode=0o700)
            except FileExistsError:
                continue
            except OSError as error:
                raise ReportedError(
                    f"{self.folder} cannot be written ({error.strerror}); choose another data "
                    "directory with --data-dir"
                ) from error
            return path
        raise ReportedError("too many runs were begun in this second; try again in the next one")


def _is_readable(run: Run) -> bool:
    try:
        return run.config is not None
    except DamagedRunError:
        return False

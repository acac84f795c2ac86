"""All runs of a data directory: listed, found, created, deleted."""

import contextlib
import difflib
import errno
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from corpora.errors import ReportedError, UsageError
from corpora.whole_file import make_durable, write_whole
from engine.errors import CheckpointWriteError
from engine.hyperparameters import Hyperparameters
from gru_tui.runs import config, death, lock, text
from gru_tui.runs.config import CorpusRecord, DamagedRunError, Parent, RunConfig
from gru_tui.runs.home import make_folder
from gru_tui.runs.names import ID, LAST, ids, new_name
from gru_tui.runs.run import CHECKPOINTS, LABEL, PARENT, Label, Run, checked_name, checked_note

if TYPE_CHECKING:
    from corpora import Corpus
    from gru_tui.runs.replay import Repeats

UNSEEN = ".new-"  # how the name of a folder begins in which a run is made, or deleted
LONGEST_MAKING = 86_400  # s: one that nobody has written to for so long is a dead one's
TAKEN = {errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR}


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

    def get(self, run_id: str) -> Run:
        """The run of that very id. Raises ReportedError when it is gone."""
        for run in self.all():
            if run.id == run_id:
                return run
        raise ReportedError(f"run {run_id} is gone; something else has deleted or moved it")

    def find(self, words: str) -> Run:
        """What a person means: an id, the unique beginning of one, a name; `last` is the newest.

        Who has an id takes `get`: once that run is gone, its id is the beginning of the ids of
        the same second. Raises UsageError with the nearest.
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
        checkpoint: Path | None = None,
        repeats: "Repeats | None" = None,
    ) -> Run:
        """A new run, not begun yet, whole or absent; a fork has a `parent` and its `checkpoint`.

        Raises UsageError for a bad name or note, ReportedError.
        """
        others = self.all()
        taken = {run.name for run in others}
        label = Label(checked_name(name) if name else new_name(taken), checked_note(note))
        is_quiet = not any(run.is_alive() for run in others)
        whole = _described(corpus, hyperparameters, parent, repeats, is_quiet=is_quiet)
        with self._unseen_folder() as folder:
            (folder / CHECKPOINTS).mkdir(mode=0o700)
            text.keep(folder, corpus)
            write_whole(folder / LABEL, msgspec.json.encode(label))
            if checkpoint is not None:
                from engine.checkpoint import same_file

                same_file(checkpoint, folder / CHECKPOINTS / PARENT)
            for file, data in (repeats.files if repeats is not None else {}).items():
                write_whole(folder / file, data)
            return Run(self._seen(folder, whole))

    def delete(self, run: Run) -> None:
        """Remove its directory. Raises ReportedError while it lives, or where that fails."""
        if run.is_alive():
            raise ReportedError(f"run {run.id} is being trained; stop it before you delete it")
        if run.path.is_symlink():  # what it leads to may be anybody's
            raise ReportedError(
                f"{run.path} is a link to {run.path.resolve()}, which is not deleted through it; "
                "remove the link yourself"
            )
        # Unseen first: what is left of a deletion that is killed is no run to take up.
        unseen = self.folder / (UNSEEN + run.id)
        try:
            with lock.take(run.path):  # so that nobody begins to train what is half gone
                death.check_not_elsewhere(run.path, run.events)
                os.utime(run.path)  # who tidies up after the dead takes it for one's that lives
                run.path.rename(unseen)
                shutil.rmtree(unseen)
        except OSError as error:
            left = unseen if unseen.exists() else run.path
            raise ReportedError(
                f"run {run.id} could not be deleted whole ({error.filename}: {error.strerror}); "
                f"what is left is in {left}"
            ) from error

    @contextlib.contextmanager
    def _unseen_folder(self) -> Iterator[Path]:
        """A folder that nobody lists, for a run that is not whole yet; gone if it never will be."""
        make_folder(self.folder)
        self._forget_unfinished()
        folder: Path | None = None
        try:
            folder = Path(tempfile.mkdtemp(prefix=UNSEEN, dir=self.folder))
            yield folder
        except (OSError, CheckpointWriteError) as error:
            reason = getattr(error.__cause__ or error, "strerror", error)
            raise ReportedError(
                f"the run cannot be written to {self.folder} ({reason}), and nothing was "
                "left there; make room, or choose another data directory with --data-dir"
            ) from error
        finally:
            if folder is not None and folder.exists():
                shutil.rmtree(folder, ignore_errors=True)

    def _forget_unfinished(self) -> None:
        """Remove what a call that was killed has left of a run that it made or deleted."""
        alive = time.time() - LONGEST_MAKING
        for folder in self.folder.glob(UNSEEN + "*"):
            with contextlib.suppress(OSError):  # who makes it may just be giving it its name
                if folder.stat().st_mtime < alive:
                    shutil.rmtree(folder, ignore_errors=True)

    def _seen(self, folder: Path, whole: RunConfig) -> Path:
        """Give the folder its id, with which it becomes a run."""
        newest = max((run.id for run in self.all() if ID.fullmatch(run.id)), default="")
        for name in ids(whole.created, newest):
            path = self.folder / name
            if path.exists():
                continue
            found = msgspec.json.encode(msgspec.structs.replace(whole, id=name))
            write_whole(folder / config.FILE, msgspec.json.format(found))
            try:
                folder.rename(path)
            except OSError as error:
                if error.errno in TAKEN:  # somebody was faster
                    continue
                raise
            try:
                make_durable(self.folder)
            except OSError:
                path.rename(folder)
                raise
            return path
        raise ReportedError("too many runs were begun in this second; try again in the next one")


def _described(
    corpus: "Corpus",
    hyperparameters: Hyperparameters,
    parent: Parent | None,
    repeats: "Repeats | None",
    *,
    is_quiet: bool,
) -> RunConfig:
    """All of run.json save the id."""
    from corpora import cache
    from engine.batches import laid_out
    from engine.footprint import check_fits
    from engine.model import Architecture
    from engine.tuning import choose_split

    settings, size = laid_out(hyperparameters, corpus), len(corpus.vocabulary)
    check_fits(settings, size)
    split = (
        choose_split(settings, size, cache.folder(), is_quiet=is_quiet)
        if repeats is None
        else repeats.split
    )
    architecture = Architecture.of(hyperparameters, size)
    return RunConfig(
        id="",
        created=time.time(),
        corpus=CorpusRecord(
            name=corpus.name,
            source=corpus.source,
            sha256=corpus.sha256,
            characters=len(corpus),
            vocabulary_size=size,
            entropy_rate=corpus.entropy_rate,
        ),
        architecture=msgspec.to_builtins(architecture),
        hyperparameters=hyperparameters.to_mapping(),
        random_seed=hyperparameters.random_seed,
        processes=split.processes,
        blas_threads=split.blas_threads,
        parent=parent,
        replays=None if repeats is None else repeats.record,
        versions=config.versions(),
    )


def _is_readable(run: Run) -> bool:
    try:
        return run.config is not None
    except DamagedRunError:
        return False

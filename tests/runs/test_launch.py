"""Beginning, resuming and forking with processes of their own."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

import corpora
from corpora.errors import ReportedError, UsageError
from engine.checkpoint import CHECKSUM, FIRST, read_header
from engine.events import State
from engine.hyperparameters import OF_THE_MODEL, Hyperparameters
from gru_tui.runs import launch, text, trainer_log
from gru_tui.runs.command import send
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from tests.runs.living import live
from tests.runs.making import TEXT, answers, events, kill, last, new_run, of, processes, until


def test_a_run_is_trained_by_a_process_of_its_own_session(store: Store) -> None:
    run = new_run(store, epochs=0)
    launch.start(run)
    try:
        assert run.is_alive()
        (trainer,) = processes(run)
        assert os.getsid(trainer) == trainer
        with pytest.raises(ReportedError, match="is being trained already"):
            launch.resume(run)
        send(run, "stop")
        until(lambda: not run.is_alive(), "the end")
        assert run.state() == "stopped"
        assert (run.path / trainer_log.FILE).read_bytes() == b""
    finally:
        kill(run)


def test_what_is_asked_as_soon_as_a_trainer_lives_is_done(store: Store) -> None:
    run = new_run(store, epochs=0)
    launch.start(run)
    try:
        asked = send(run, "stop")
        until(lambda: asked in answers(run), "the answer")
        assert answers(run)[asked].ok
        until(lambda: not run.is_alive(), "the end")
        assert run.state() == "stopped"
    finally:
        kill(run)


def test_a_run_that_is_gone_cannot_be_started(store: Store) -> None:
    run = new_run(store)
    shutil.rmtree(run.path)
    with pytest.raises(ReportedError, match=f"the trainer of run {run.id} cannot be started"):
        launch.start(run)
    assert not run.path.exists()


def test_a_finished_run_whose_description_is_damaged_stays_finished(store: Store) -> None:
    run = new_run(store, steps=1)
    assert live(run) == 0
    (run.path / "run.json").write_text("{")
    before = run.events.read_bytes()
    with pytest.raises(ReportedError, match=r"run\.json is damaged"):
        launch.resume(run)
    assert run.events.read_bytes() == before


def anothers_checkpoint(run: Run) -> None:
    other = new_run(Store(run.path / "other"), text=TEXT.upper(), steps=1)
    assert live(other) == 0
    shutil.copy(last(other), last(run))


def model_alone(run: Run) -> None:
    with safe_open(last(run), framework="numpy") as file:
        metadata = {name: text for name, text in file.metadata().items() if name != CHECKSUM}
    tensors = load_file(last(run))
    model = {name: tensors[name] for name in tensors if not name.startswith(FIRST)}
    save_file(model, last(run), metadata=metadata)


def linked_checkpoints(run: Run) -> None:
    run.checkpoints.rename(run.path / "elsewhere")
    run.checkpoints.symlink_to(run.path / "elsewhere")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda run: (run.path / text.FILE).unlink(), r"text\.ids is missing or damaged"),
        (lambda run: os.truncate(last(run), 1000), r"last\.safetensors is no whole safetensors"),
        (lambda run: shutil.rmtree(run.checkpoints), "no checkpoint of it is left"),
        (anothers_checkpoint, r"last\.safetensors cannot be used here: it was trained on 'fox'"),
        (model_alone, r"last\.safetensors cannot be used here: it holds a model but not"),
        (linked_checkpoints, "checkpoints is a link; put the folder itself there"),
    ],
    ids=["text", "checkpoint", "checkpoints", "another's", "model alone", "link"],
)
def test_a_finished_run_that_cannot_be_taken_up_stays_finished(
    store: Store, spoil: Callable[[Run], None], words: str
) -> None:
    run = new_run(store, steps=1)
    assert live(run) == 0
    spoil(run)
    before = run.events.read_bytes()
    with pytest.raises(ReportedError, match=words):
        launch.resume(run)
    assert not run.is_alive()
    assert run.events.read_bytes() == before


def test_a_trainer_that_ends_at_once_is_told_with_its_last_words(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = new_run(store)
    (run.path / trainer_log.FILE).write_text("words of an earlier life\n")
    script = tmp_path / "python"
    script.write_text("#!/bin/sh\necho a warning >&2\necho 'it has no heart' >&2\nexit 3\n")
    script.chmod(0o700)
    monkeypatch.setattr("sys.executable", str(script))
    with pytest.raises(ReportedError, match=f"run {run.id} ended at once: it has no heart$"):
        launch.start(run)
    script.write_text("#!/bin/sh\nexit 3\n")
    with pytest.raises(ReportedError, match=r"ended at once: see .*trainer\.log$"):
        launch.start(run)
    script.write_text("#!/bin/sh\nkill -9 $$\n")
    with pytest.raises(ReportedError, match=r"ended at once: killed by SIGKILL$"):
        launch.start(run)
    script.write_text(f"#!/bin/sh\nrm -r '{run.path}'\nexit 3\n")
    with pytest.raises(ReportedError, match=r"something else has deleted or moved the run$"):
        launch.start(run)


def test_a_fork_carries_its_parents_name_and_step(store: Store) -> None:
    parent = new_run(store, steps=6)
    assert live(parent) == 0
    fork = launch.fork(store, parent, last(parent), {"steps": 3, "dropout": "0.25"})
    until(lambda: not fork.is_alive(), "the end of the fork")
    assert [event.state for event in of(State, events(fork))][-1] == "finished"
    origin = fork.config.parent
    assert origin is not None
    assert (origin.run, origin.name, origin.step) == (parent.id, parent.name, 6)
    header = read_header(last(fork))
    assert (header.step, header.hyperparameters["dropout"]) == (3, 0.25)


@pytest.mark.parametrize("name", sorted(OF_THE_MODEL))
def test_what_the_parameters_were_made_for_cannot_change_in_a_fork(name: str) -> None:
    before = Hyperparameters()
    others = {"cell": "lstm", "initialisation": "glorot", "lower_case": True, "input_norm": True}
    with pytest.raises(UsageError, match=f"{name} belongs to the model itself"):
        launch.check_forkable({name: others.get(name, 7)}, before)
    launch.check_forkable({name: getattr(before, name)}, before)


def test_a_bad_fork_makes_no_run(store: Store) -> None:
    parent = new_run(store, steps=1)
    assert live(parent) == 0
    for changes in ({"layers": 2}, {"layers": 99}, {"colour": 1}):
        with pytest.raises(UsageError):
            launch.fork(store, parent, last(parent), changes)
    assert [run.id for run in store.all()] == [parent.id]
    corpus = corpora.from_text(TEXT)
    assert corpus.sha256 == parent.config.corpus.sha256

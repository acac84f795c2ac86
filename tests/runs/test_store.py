"""All runs of a data directory: listed, found, created, named, deleted."""

import errno
import json
import os
import shutil
import time
from pathlib import Path
from typing import Any
from unittest import mock

import msgspec
import pytest

import corpora
from corpora import whole_file
from corpora.errors import ReportedError, UsageError
from gru_tui.runs import config, launch, lock, names
from gru_tui.runs.config import DamagedRunError
from gru_tui.runs.run import LABEL, Label, Run
from gru_tui.runs.store import Store
from tests.runs.living import live
from tests.runs.making import TEXT, full_disk, kill, last, new_run, settings


def test_a_new_run_is_whole_before_anybody_sees_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[Run]] = []

    def look_and_write(path: Path, data: bytes) -> None:
        seen.append(store.all())
        whole_file.write_whole(path, data)

    monkeypatch.setattr("gru_tui.runs.store.write_whole", look_and_write)
    run = new_run(store)
    assert seen == [[], []]
    assert {path.name for path in run.path.iterdir()} == {
        "run.json",
        "label.json",
        "text.ids",
        "checkpoints",
    }
    assert run.config.id == run.id
    assert run.path.stat().st_mode & 0o077 == 0


def test_of_a_run_that_could_not_be_made_durable_nothing_is_left(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr("gru_tui.runs.store.make_durable", fail)
    with pytest.raises(ReportedError, match="nothing was left there"):
        new_run(store)
    assert not list(store.folder.iterdir())


def test_names_are_two_words_and_no_name_comes_twice(store: Store) -> None:
    given = {new_run(store).name for _ in range(5)}
    assert len(given) == 5
    for name in given:
        colour, animal = name.split("-")
        assert colour in names.COLOURS
        assert animal in names.ANIMALS


def test_a_run_is_found_by_id_beginning_name_or_as_the_last(store: Store) -> None:
    corpus = corpora.from_text(TEXT)
    first = store.create(corpus, settings(), name="fox")
    second = store.create(corpus, settings(), name="hare")
    for words, found in (
        (first.id, first),
        ("fox", first),
        ("hare", second),
        ("last", second),
    ):
        assert store.find(words).id == found.id
    shutil.move(second.path, store.folder / "300101-000000")
    assert store.find("30").id == "300101-000000"


def test_an_id_wins_over_the_beginnings_of_others_and_over_names(store: Store) -> None:
    first, second = new_run(store), new_run(store)
    shutil.move(second.path, store.folder / (first.id + "b"))
    assert store.find(first.id).id == first.id
    label = store.folder / (first.id + "b") / LABEL  # as runs could be called before
    label.write_bytes(msgspec.json.encode(Label(first.id)))
    assert store.find(first.id).id == first.id


def test_by_its_id_a_run_is_got_itself_or_not_at_all(store: Store) -> None:
    first, second = new_run(store), new_run(store)
    twin = Run(second.path.rename(store.folder / f"{first.id}b"))
    twin.rename("twin")
    assert store.get(first.id).id == first.id
    store.delete(first)
    for words in (first.id, "twin", "last", "", "..", "."):
        with pytest.raises(ReportedError, match="is gone"):
            store.get(words)
    assert store.get(twin.id).id == twin.id


def test_a_link_to_a_run_is_not_deleted_and_said_to_be_one(store: Store, tmp_path: Path) -> None:
    run = new_run(store)
    elsewhere = run.path.rename(tmp_path / "elsewhere")
    run.path.symlink_to(elsewhere)
    with pytest.raises(ReportedError, match=f"is a link to {elsewhere}, .* remove the link"):
        store.delete(run)
    assert run.path.is_symlink()
    assert (elsewhere / config.FILE).exists()


def test_what_may_be_any_of_several_is_refused_with_their_ids(store: Store) -> None:
    first, second = new_run(store), new_run(store)
    shutil.move(second.path, store.folder / (first.id + "b"))
    with pytest.raises(UsageError, match=f"may be any of 2 runs .*{first.id}"):
        store.find(first.id[:4])


def test_an_unknown_run_is_answered_with_the_nearest(store: Store) -> None:
    with pytest.raises(UsageError, match="begins one"):
        store.find("last")
    run = new_run(store)
    run.rename("emerald-otter")
    with pytest.raises(UsageError, match="did you mean emerald-otter"):
        store.find("emerald-oter")
    with pytest.raises(UsageError, match=f"did you mean {run.id}"):
        store.find(run.id[:-1] + "x")
    with pytest.raises(UsageError, match="gru-tui runs lists them"):
        store.find("zzz")
    with pytest.raises(UsageError, match="there is no run ''"):
        store.find("")


def damage(run: Run, **changes: Any) -> None:
    """Change fields of run.json; None removes one."""
    path = run.path / "run.json"
    fields = {**json.loads(path.read_text()), **changes}
    kept = {name: value for name, value in fields.items() if value is not None}
    path.write_text(json.dumps(kept))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read: No such file"),
        (b"", "is damaged"),
        (b'{"format":"gru-tui/1"', "is damaged"),
        (b"\xff\xfe\x00", "is damaged"),
        (b'{"format":"gru-tui/9","id":5}', "has format 'gru-tui/9', but this program reads"),
        (b'{"format":"gru-tui/1","a":' + b"[" * 5000 + b"]" * 5000 + b"}", "is damaged"),
    ],
)
def test_a_damaged_run_is_among_all_but_not_among_the_readable(
    store: Store, content: bytes | None, words: str
) -> None:
    sound, run = new_run(store), new_run(store)
    path = run.path / "run.json"
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    assert {other.id for other in store.all()} == {sound.id, run.id}
    assert [other.id for other in store.list()] == [sound.id]
    assert store.find("last").id == sound.id
    with pytest.raises(DamagedRunError, match=words) as error:
        config.read(run.path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"architecture": {"cell": "gru"}},
        {"architecture": {"cell": "gru", "layers": "many", "hidden_size": 16}},
        {"hyperparameters": {"layers": 900}},
        {"hyperparameters": {"colour": "red"}},
        {"created": 1e300},
        {"processes": 0},
        {"blas_threads": -1},
        {"corpus": None},
    ],
)
def test_a_run_json_with_impossible_values_is_damaged(
    store: Store, changes: dict[str, object]
) -> None:
    run = new_run(store)
    damage(run, **changes)
    with pytest.raises(DamagedRunError, match="is damaged"):
        config.read(run.path)
    assert store.list() == []


def test_values_that_a_run_json_writes_as_text_are_read_as_what_they_mean(store: Store) -> None:
    run = new_run(store)
    path = run.path / config.FILE
    whole = json.loads(path.read_bytes())
    whole["hyperparameters"] = {"epochs": "5", "learning-rate": "1e-3", "dropout": 0}
    path.write_text(json.dumps(whole))
    found = config.read(run.path).hyperparameters
    assert found == {"epochs": 5, "learning_rate": 0.001, "dropout": 0.0}
    assert [type(value) for value in found.values()] == [int, float, float]


def test_what_is_no_run_is_not_listed(store: Store) -> None:
    run = new_run(store)
    (store.folder / "notes.txt").write_text("mine")
    (store.folder / ".new-abc").mkdir()
    assert [other.id for other in store.all()] == [run.id]


def test_a_full_disk_leaves_nothing_of_a_new_run(store: Store) -> None:
    store.folder.mkdir(parents=True)
    with full_disk(100), pytest.raises(ReportedError, match="File too large") as error:
        new_run(store)
    assert str(store.folder) in str(error.value)
    assert list(store.folder.iterdir()) == []


def test_a_checkpoint_that_does_not_fit_beside_a_fork_names_no_folder_that_is_gone(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = new_run(store, steps=1)
    assert live(parent) == 0
    elsewhere = Store(tmp_path / "another disk")
    monkeypatch.setattr(os, "link", mock.Mock(side_effect=OSError(errno.EXDEV, "another disk")))
    room = 1000 + (parent.path / "text.ids").stat().st_size
    with full_disk(room), pytest.raises(ReportedError, match="File too large") as error:
        elsewhere.create(corpora.from_text(TEXT), settings(), checkpoint=last(parent))
    assert str(elsewhere.folder) in str(error.value)
    assert ".new-" not in str(error.value)
    assert list(elsewhere.folder.iterdir()) == []


def test_what_killed_calls_have_left_of_new_runs_is_removed_when_it_is_old(store: Store) -> None:
    old, young = store.folder / ".new-old", store.folder / ".new-young"
    for folder in (old, young):
        folder.mkdir(parents=True)
        (folder / "text.ids").write_bytes(b"a part")
    os.utime(old, (time.time() - 2 * 86_400,) * 2)
    run = new_run(store)
    assert sorted(path.name for path in store.folder.iterdir()) == [young.name, run.id]


def test_a_data_directory_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(ReportedError, match=f"{tmp_path / 'home' / 'runs'} .*(Not a directory)"):
        new_run(Store(tmp_path / "home"))
    assert (tmp_path / "home").read_text() == "a file"


def test_a_store_that_cannot_be_listed_is_named(store: Store) -> None:
    store.folder.parent.mkdir()
    store.folder.write_text("a file")
    with pytest.raises(ReportedError, match="cannot be listed"):
        store.all()


def test_a_living_run_is_not_deleted_and_a_dead_one_is(store: Store) -> None:
    run = new_run(store, epochs=0)
    launch.start(run)
    try:
        with pytest.raises(ReportedError, match="is being trained; stop it before"):
            store.delete(run)
        assert run.path.exists()
    finally:
        kill(run)
    store.delete(run)
    assert not run.path.exists()
    assert store.all() == []


def test_a_deletion_that_is_killed_leaves_no_run(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = new_run(store)
    seen: list[list[Run]] = []
    unlink = os.unlink

    def look_and_unlink(path: Any, **place: Any) -> None:
        seen.append(store.all())
        unlink(path, **place)

    monkeypatch.setattr(os, "unlink", look_and_unlink)
    store.delete(run)
    assert len(seen) > 2
    assert not any(seen)
    assert not list(store.folder.iterdir())


def test_a_run_that_is_made_meanwhile_does_not_disturb_a_deletion(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = new_run(store)
    (run.path / lock.FILE).touch()
    os.utime(run.path, (0, 0))
    unlink, made = os.unlink, []

    def make_and_unlink(path: Any, **place: Any) -> None:
        monkeypatch.setattr(os, "unlink", unlink)
        made.append(new_run(store).id)
        unlink(path, **place)

    monkeypatch.setattr(os, "unlink", make_and_unlink)
    store.delete(run)
    assert [path.name for path in store.folder.iterdir()] == made


def test_what_is_left_of_a_deletion_that_fails_is_named(stranger: Path) -> None:
    store = Store(stranger)
    run = new_run(store)
    run.checkpoints.joinpath("best.safetensors").touch()
    run.checkpoints.chmod(0o500)
    with pytest.raises(ReportedError, match="could not be deleted whole") as told:
        store.delete(run)
    (left,) = store.folder.iterdir()
    assert str(left) in str(told.value)
    assert not store.all()


def test_a_run_that_somebody_begins_to_train_meanwhile_is_not_deleted(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = new_run(store, epochs=0)
    launch.start(run)
    try:
        monkeypatch.setattr(Run, "is_alive", lambda _: False)
        with pytest.raises(ReportedError, match="by another process"):
            store.delete(run)
        assert run.config.id == run.id
    finally:
        monkeypatch.undo()
        kill(run)


def test_a_fork_that_cannot_have_its_checkpoint_leaves_nothing(store: Store) -> None:
    run = new_run(store)
    with pytest.raises(ReportedError, match=r"last\.safetensors"):
        launch.fork(store, run, last(run), {})
    with pytest.raises(ReportedError, match="run cannot be written to .*No such file or directory"):
        store.create(corpora.from_text(TEXT), settings(), checkpoint=last(run))
    assert [other.id for other in store.all()] == [run.id]
    assert [path.name for path in store.folder.iterdir()] == [run.id]

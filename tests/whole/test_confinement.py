"""Row 13: names and links cannot lead a run out of the data directory, and nobody else reads it."""

import json
import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from corpora.added import Shelf
from corpora.errors import ReportedError, UsageError
from gru_tui.runs import launch, lock, trainer_log
from gru_tui.runs.command import send
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from tests.commands.program import SENTENCE, SMALL, Program, one_sentence
from tests.runs.living import live
from tests.runs.making import last, new_run

NAMES = [
    "../../escaped",
    "/tmp/escaped",
    "..",
    ".",
    "-rf",
    "--data-dir=/tmp/escaped",
    "a\nb",
    "a\x1b]0;owned\x07b",
    "x" * 60,
    "\u202egnp.exe",
    "~",
    "$(touch escaped)",
    "a/../../b",
]
FILE_NAMES = ["-rf", "a\nb", "x" * 251 + ".txt", "..hidden", "a\x1bb.txt", "~", "last", "$(x)", " "]


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A file of somebody else."""
    path = tmp_path / "outside" / "precious"
    path.parent.mkdir()
    path.write_text("mine")
    (path.parent / ".hidden").write_text("mine too")
    (path.parent / ".link-mine").mkdir()
    return path


def contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text() if path.is_file() else ""
        for path in folder.rglob("*")
    }


def test_what_the_program_makes_is_for_its_owner_alone(tmp_path: Path) -> None:
    text = tmp_path / "fox.txt"
    text.write_text(SENTENCE * 30)
    program = Program(tmp_path / "new" / "home", {"GRU_TUI_CACHE": str(tmp_path / "cache")})
    argv = program.argv("train", text, "--steps", 20, *SMALL, "--processes", 0)
    for arguments in (argv, program.argv("corpora", "add", text), program.argv("fork", "last")):
        done = subprocess.run(
            ["sh", "-c", 'umask 000; exec "$@"', "sh", *arguments],
            env=program.environment,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    found = [program.home.parent, *program.home.parent.rglob("*"), *(tmp_path / "cache").rglob("*")]
    assert {path.name for path in found} >= {"trainer.log", "events.jsonl", "corpora.json"}
    for path in found:
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path
    for run in Store(program.home).list():
        program("stop", run.id)


def test_names_of_runs_lead_nowhere(store: Store, outside: Path) -> None:
    before = contents(outside.parent.parent)
    run = new_run(store, steps=1)
    inside = set(run.path.iterdir())
    for name in NAMES:
        run.rename(name)
        run.note(name)
        assert run.name == name
        for words in (name, name + "/" + run.id):
            try:
                assert store.find(words).path == run.path
            except UsageError as error:
                assert words != name, error  # noqa: PT017
    with pytest.raises(UsageError, match="60 are the most"):
        run.rename("x" * 255)
    assert set(run.path.iterdir()) == inside
    assert list(store.folder.iterdir()) == [run.path]
    after = contents(outside.parent.parent)
    assert {name for name in after if not name.startswith("home")} == set(before)


def test_names_of_texts_lead_nowhere(tmp_path: Path) -> None:
    texts, shelf = tmp_path / "texts", Shelf(tmp_path / "home")
    texts.mkdir()
    for name in FILE_NAMES:
        (texts / name).write_text(SENTENCE)
        listing = shelf.add(texts / name)
        assert shelf.path_of(listing.name) == texts / name
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["corpora.json"]
    assert sorted(os.listdir(texts)) == sorted(FILE_NAMES)
    kept = json.loads((tmp_path / "home" / "corpora.json").read_text())
    assert [entry["name"] for entry in kept["corpora"]] == FILE_NAMES


LINKS: dict[str, Callable[[Run], Path]] = {
    "events": lambda run: run.events,
    "log": lambda run: run.path / trainer_log.FILE,
    "lock": lambda run: run.path / lock.FILE,
    "commands": lambda run: run.path / "commands.jsonl",
}


@pytest.mark.parametrize("kind", LINKS)
def test_a_file_that_is_a_link_is_not_written_through(
    store: Store, outside: Path, kind: str
) -> None:
    run = new_run(store, steps=1)
    path = LINKS[kind](run)
    path.unlink(missing_ok=True)
    path.symlink_to(outside)
    program = Program(store.folder.parent)
    if kind == "commands":
        launch.start(run)
        with pytest.raises(ReportedError, match="cannot be written"):
            send(run, "stop")
    else:
        result = program("resume", run.id)
        assert result.status == 1
        assert one_sentence(result)
    assert outside.read_text() == "mine"


def test_a_folder_of_checkpoints_that_is_a_link_is_left_alone(store: Store, outside: Path) -> None:
    run = new_run(store, steps=1)
    before = contents(outside.parent)
    run.checkpoints.rmdir()
    run.checkpoints.symlink_to(outside.parent)
    result = Program(store.folder.parent)("resume", run.id)
    assert result.status == 1
    assert f"{run.checkpoints} is a link" in one_sentence(result)
    assert contents(outside.parent) == before


def test_links_among_the_checkpoints_are_replaced_and_not_followed(
    store: Store, outside: Path
) -> None:
    run = new_run(store, steps=2, checkpoint_every=1)
    (run.checkpoints / ".step-00000001.safetensors.partial").symlink_to(outside)
    (run.checkpoints / "step-00000002.safetensors").symlink_to(outside)
    (run.checkpoints / "best.safetensors").symlink_to(outside)
    assert live(run) == 0
    assert outside.read_text() == "mine"
    assert not any(path.is_symlink() for path in run.checkpoints.iterdir())
    assert last(run).stat().st_size > 1000


def test_an_exported_file_has_the_name_that_was_given(store: Store, tmp_path: Path) -> None:
    run = new_run(store, steps=1)
    assert live(run) == 0
    (tmp_path / "exports").mkdir()
    program = Program(store.folder.parent)
    for name in ("x" * 255, "-o", "a\nb.csv"):
        target = tmp_path / "exports" / name
        result = program("export", run.id, "--format", "csv", "--output", target)
        assert result.status == 0, result.complaint
        assert os.listdir(tmp_path / "exports") == [name]
        target.unlink()


def test_an_export_through_a_link_never_destroys_what_it_leads_to(
    store: Store, outside: Path
) -> None:
    run = new_run(store, steps=1)
    assert live(run) == 0
    link = store.folder.parent / "link.csv"
    link.symlink_to(outside)
    program = Program(store.folder.parent)
    result = program("export", run.id, "--format", "csv", "--output", link)
    assert result.status != 0
    assert "exists already" in one_sentence(result)
    assert program("export", run.id, "--format", "csv", "--output", link, "--force").status == 0
    assert outside.read_text() == "mine"

"""What a run is called, and what is noted about it."""

import json
from pathlib import Path

import pytest

import corpora
from corpora.errors import UsageError
from gru_tui.runs.store import Store
from tests.runs.making import TEXT, new_run, settings

HOSTILE = [
    "../../elsewhere",
    "/etc/passwd",
    "two\nlines",
    "\x1b[31mred\x07",
    "..",
    ".hidden",
    "a\x00b",
    "[bold]markup[/]",
    "\u202edesrever",
]


def outside(store: Store) -> set[Path]:
    """All files near the store that are not in a run of it."""
    around = store.folder.parents[1].rglob("*")
    return {path for path in around if store.folder not in path.parents}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_goes_into_the_label_and_nowhere_else(store: Store, name: str) -> None:
    before = outside(store)
    run = store.create(corpora.from_text(TEXT), settings(), name=name, note=name)
    assert (run.name, run.label.note) == (name.strip(), name.strip())
    assert store.find(name).id == run.id
    assert run.path.parent == store.folder
    assert name not in run.id
    run.rename("harmless")
    run.rename(name)
    assert outside(store) - before == {store.folder.parent, store.folder}
    label = json.loads((run.path / "label.json").read_bytes())
    assert label == {"name": name, "note": name}


@pytest.mark.parametrize(
    ("name", "words"),
    [("", "is empty"), ("  \n", "is empty"), ("x" * 61, "has 61"), ("\udcff", "not UTF-8")],
)
def test_a_name_that_is_none_is_refused(store: Store, name: str, words: str) -> None:
    run = new_run(store)
    before = run.label
    with pytest.raises(UsageError, match=words):
        run.rename(name)
    assert run.label == before


def test_a_note_is_kept_and_taken_away(store: Store) -> None:
    run = new_run(store)
    name = run.name
    run.note(" the one with more layers ")
    assert (run.label.note, run.name) == ("the one with more layers", name)
    run.note("")
    assert run.label.note == ""
    with pytest.raises(UsageError, match="has 501"):
        run.note("x" * 501)
    with pytest.raises(UsageError, match="not UTF-8"):
        run.note("\ud800")


def test_a_damaged_label_counts_as_none_and_can_be_written_anew(store: Store) -> None:
    run = new_run(store)
    (run.path / "label.json").write_bytes(b'{"name":')
    assert run.name == run.id
    run.rename("fox")
    assert store.find("fox").id == run.id


def test_a_bad_name_makes_no_run(store: Store) -> None:
    with pytest.raises(UsageError):
        store.create(corpora.from_text(TEXT), settings(), name="x" * 100)
    with pytest.raises(UsageError):
        store.create(corpora.from_text(TEXT), settings(), name="\udcff")
    assert store.all() == []

"""The shelf: what a user has added stays, under one name each, and its damage is told."""

import json
import re
from pathlib import Path

import pytest

import corpora
from corpora.added import Shelf, ShelfError
from corpora.errors import CorpusError, UsageError


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """An empty one, in a folder that is not there yet."""
    return Shelf(tmp_path / "home")


def tale(folder: Path, name: str = "tale.txt") -> Path:
    """A short text in `folder`."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text("Once upon a time\n", encoding="utf-8")
    return path


def test_an_added_text_is_remembered_by_whoever_looks_next(shelf: Shelf, tmp_path: Path) -> None:
    path = tale(tmp_path / "texts")
    listing = shelf.add(str(path))
    assert (listing.name, listing.kind, listing.size_hint) == ("tale.txt", "file", "17 B")
    again = Shelf(shelf.path.parent)
    assert again.listings() == (listing,)
    assert again.path_of("tale.txt") == path
    assert again.path_of("other.txt") is None
    assert [path.name for path in shelf.path.parent.iterdir()] == ["corpora.json"]


def test_a_folder_can_be_added(shelf: Shelf, tmp_path: Path) -> None:
    tale(tmp_path / "texts")
    listing = shelf.add(tmp_path / "texts")
    assert (listing.name, listing.size_hint) == ("texts", "folder")
    assert corpora.load("texts", shelf=shelf).source == str(tmp_path / "texts")


def test_a_text_keeps_its_name_and_another_gets_a_number(shelf: Shelf, tmp_path: Path) -> None:
    paths = [tale(tmp_path / folder) for folder in ("one", "two", "three")]
    names = [shelf.add(path).name for path in (*paths, paths[1])]
    assert names == ["tale.txt", "tale.txt-2", "tale.txt-3", "tale.txt-2"]
    assert [listing.source for listing in shelf.listings()] == [str(path) for path in paths]


def test_a_text_is_loaded_by_its_name_and_a_built_in_name_comes_first(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tale(tmp_path / "texts", "dyck")
    assert shelf.add(path).name == "dyck-2"
    corpus = corpora.load("dyck-2", shelf=shelf)
    assert (corpus.name, corpus.source) == ("dyck-2", str(path))
    monkeypatch.chdir(path.parent)
    assert corpora.load("dyck", shelf=shelf).source == "dyck"
    assert corpora.load("./dyck", shelf=shelf).source == str(path)


def test_the_catalogue_ends_with_the_added_texts(shelf: Shelf, tmp_path: Path) -> None:
    shelf.add(tale(tmp_path / "texts"))
    assert corpora.catalogue(shelf) == (*corpora.catalogue(), *shelf.listings())


def test_a_text_that_is_gone_is_listed_as_missing_and_told_when_loaded(
    shelf: Shelf, tmp_path: Path
) -> None:
    path = tale(tmp_path / "texts")
    shelf.add(path)
    path.unlink()
    assert [listing.size_hint for listing in shelf.listings()] == ["missing"]
    with pytest.raises(CorpusError, match=re.escape(f"no file or folder {path}")):
        corpora.load("tale.txt", shelf=shelf)


def test_a_removed_name_is_free_again(shelf: Shelf, tmp_path: Path) -> None:
    one, two = tale(tmp_path / "one"), tale(tmp_path / "two")
    shelf.add(one)
    shelf.remove("tale.txt")
    assert shelf.listings() == ()
    assert one.exists()
    assert shelf.add(two).name == "tale.txt"


@pytest.mark.parametrize(
    ("path", "error", "words"),
    [
        ("https://example.org/tale.txt", UsageError, "is an address"),
        ("", UsageError, "is empty"),
        ("/no/such/tale.txt", CorpusError, "no file or folder /no/such/tale.txt"),
        ("/dev/null", CorpusError, "is a device"),
    ],
)
def test_what_cannot_be_learnt_is_not_remembered(
    shelf: Shelf, path: str, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        shelf.add(path)
    assert not shelf.path.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is damaged"),
        (b"\xff\xfe", "is damaged"),
        (b'{"corpora": [{"name": "tale.txt"}]}', "missing required field `path`"),
        (b'{"corpora": [], "format": "gru-tui/9"}', "'gru-tui/9'"),
        (b'{"deep": ' + b"[" * 100_000, "is damaged"),
    ],
    ids=["empty", "bytes", "without a path", "of another version", "deep"],
)
def test_a_damaged_list_is_told_and_left_as_it_is(
    shelf: Shelf, tmp_path: Path, content: bytes, words: str
) -> None:
    path = tale(tmp_path / "texts")
    shelf.path.parent.mkdir()
    shelf.path.write_bytes(content)
    for work in (shelf.listings, lambda: shelf.add(path), lambda: shelf.remove("tale.txt")):
        with pytest.raises(ShelfError, match=words) as caught:
            work()
        assert str(shelf.path) in str(caught.value)
        assert "\n" not in str(caught.value)
    assert shelf.path.read_bytes() == content
    # Neither a built-in name nor a path has to do with it.
    assert corpora.load("dyck", shelf=shelf).name == "dyck"
    assert corpora.load(str(path), shelf=shelf).source == str(path)


def test_a_list_that_may_not_be_read_or_written_is_told(stranger: Path) -> None:
    path = tale(stranger / "texts")
    home = stranger / "home"
    shelf = Shelf(home)
    shelf.add(path)
    home.chmod(0o500)
    with pytest.raises(ShelfError, match=r"cannot be written \(Permission denied\)"):
        shelf.remove("tale.txt")
    assert [entry["name"] for entry in json.loads(shelf.path.read_bytes())["corpora"]] == [
        "tale.txt"
    ]
    shelf.path.chmod(0)
    with pytest.raises(ShelfError, match=r"cannot be read \(Permission denied\)"):
        shelf.listings()

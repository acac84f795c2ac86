import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpora
from corpora import CorpusError, reading
from corpora.folder import SEPARATOR, read_folder
from tests.corpora.test_files import complaint, written


def text_of(folder: Path) -> str:
    corpus = corpora.load(folder)
    return corpus.preview(len(corpus))


def test_all_text_files_are_joined_in_the_order_of_their_paths(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("b/2.txt", "c.txt", "b.txt", "a.txt", "b/10.md", "B.txt"):
        written(tmp_path / name, name)
    expected = ["B.txt", "a.txt", "b/10.md", "b/2.txt", "b.txt", "c.txt"]
    corpus = corpora.load(tmp_path)
    assert corpus.preview() == SEPARATOR.join(expected)
    assert (corpus.name, corpus.source, corpus.notes) == (tmp_path.name, str(tmp_path), ())


NAMES = st.text("abAB-_ é床", min_size=1, max_size=4).filter(
    lambda name: name not in {".", ".."} and not name.startswith(".")
)


@given(st.dictionaries(st.tuples(NAMES, NAMES), st.text("xy", min_size=1, max_size=3), min_size=1))
def test_the_order_does_not_depend_on_the_file_system(files: dict[tuple[str, str], str]) -> None:
    with tempfile.TemporaryDirectory() as root:
        for (folder, name), text in reversed(files.items()):
            (Path(root) / folder).mkdir(exist_ok=True)
            written(Path(root) / folder / name, text)
        joined = read_folder(Path(root)).text
    assert joined == SEPARATOR.join(files[key] for key in sorted(files))


def test_hidden_files_and_folders_are_not_looked_at(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    written(tmp_path / ".git" / "config", "hidden")
    written(tmp_path / ".secret", "hidden")
    written(tmp_path / "tale.txt", "visible")
    assert text_of(tmp_path) == "visible"
    assert corpora.load(tmp_path).notes == ()


def test_what_was_left_out_is_counted_and_named(tmp_path: Path) -> None:
    written(tmp_path / "tale.txt", "Once upon a time")
    for number in range(5):
        written(tmp_path / f"picture{number}.png", b"\x89PNG\r\n\x1a\n\x00\x00")
    written(tmp_path / "late.bin", b"text " * 20_000 + b"\x00")
    written(tmp_path / "noise.txt", b"\x81\x8d\x8f\x90\x9d\xff\xfe\x80" * 20)
    written(tmp_path / "empty.txt", b"")
    written(tmp_path / "old.txt", "déjà vu, dit-elle à l'élève".encode("latin-1"))
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    corpus = corpora.load(tmp_path)
    assert corpus.preview() == "déjà vu, dit-elle à l'élève" + SEPARATOR + "Once upon a time"
    assert corpus.notes == (
        "not UTF-8: 1 file (old.txt as cp1252)",
        "skipped, binary: 6 files (late.bin, picture0.png, picture1.png, ...)",
        "skipped, in no known encoding: 1 file (noise.txt)",
        "skipped, cannot be read: 2 files (dangling, pipe)",
        "skipped, empty: 1 file (empty.txt)",
    )


def test_a_file_that_may_not_be_read_is_skipped_and_named(stranger: Path) -> None:
    written(stranger / "open.txt", "Once upon a time")
    written(stranger / "secret.txt", "not for you").chmod(0)
    (stranger / "closed").mkdir(mode=0)
    corpus = corpora.load(stranger)
    assert corpus.preview() == "Once upon a time"
    assert corpus.notes == ("skipped, cannot be read: 2 files (closed, secret.txt)",)


def test_links_never_lead_round_in_a_circle_or_out(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    written(inside / "tale.txt", "Once upon a time")
    written(outside / "other.txt", "not asked for")
    (inside / "again").symlink_to(inside)
    (inside / "up").symlink_to(tmp_path)
    (inside / "self").symlink_to(inside / "self")
    corpus = corpora.load(inside)
    assert corpus.preview() == "Once upon a time"
    assert corpus.notes == (
        "skipped, cannot be read: 1 file (self)",
        "not followed, link to a folder: 2 files (again, up)",
    )


def test_a_file_with_two_names_is_read_once(tmp_path: Path) -> None:
    written(tmp_path / "a.txt", "Once upon a time")
    (tmp_path / "b.txt").symlink_to(tmp_path / "a.txt")
    os.link(tmp_path / "a.txt", tmp_path / "c.txt")
    assert text_of(tmp_path) == "Once upon a time"


def test_a_linked_folder_is_read_when_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    written(tmp_path / "real" / "tale.txt", "Once upon a time")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "real")
    assert text_of(link) == "Once upon a time"
    assert corpora.load(link).source == str(link)


def test_a_folder_without_text_is_told(tmp_path: Path) -> None:
    assert complaint(tmp_path) == (
        f"the folder {tmp_path} has no text in it (hidden files do not count); choose another"
    )
    written(tmp_path / "picture.png", b"\x00\x01")
    assert complaint(tmp_path) == (
        f"the folder {tmp_path} has no text in it (skipped, binary: 1 file (picture.png)); "
        "choose another"
    )


def test_a_folder_with_too_much_text_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_BYTES", 30)
    written(tmp_path / "a.txt", "sixteen letters.")
    written(tmp_path / "b.txt", "sixteen letters!")
    with pytest.raises(CorpusError, match=f"{tmp_path} has .* that one corpus may have"):
        corpora.load(tmp_path)
    written(tmp_path / "b.txt", "more than thirty letters, and all in one file")
    with pytest.raises(CorpusError, match=f"{tmp_path}/b.txt has .* that one corpus may have"):
        corpora.load(tmp_path)


def test_a_file_whose_name_is_not_utf_8_is_read(tmp_path: Path) -> None:
    try:
        written(tmp_path / os.fsdecode(b"f\xeate.txt"), "Once upon a time")
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    written(tmp_path / os.fsdecode(b"\xff.png"), b"\x00\x01")
    corpus = corpora.load(tmp_path)
    assert corpus.preview() == "Once upon a time"
    assert corpus.notes == ("skipped, binary: 1 file (\ufffd.png)",)

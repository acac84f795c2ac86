import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpora
from corpora import Corpus, CorpusError, reading


def complaint(path: str | Path) -> str:
    """The one sentence that loading `path` ends in."""
    with pytest.raises(CorpusError) as caught:
        corpora.load(path)
    assert caught.value.exit_status == 1
    assert "\n" not in str(caught.value)
    return str(caught.value)


def written(path: Path, data: str | bytes) -> Path:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def test_a_file_is_read_and_found_again_by_its_source(tmp_path: Path) -> None:
    path = written(tmp_path / "a tale.txt", b"\xef\xbb\xbfOnce\r\nupon\ra time\n")
    corpus = corpora.load(str(path))
    assert corpus.preview() == "Once\nupon\na time\n"
    assert (corpus.name, corpus.source, corpus.notes) == ("a tale.txt", str(path), ())
    assert corpora.load(corpus.source).sha256 == corpus.sha256


def test_a_relative_path_and_home_become_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path / "tale.txt", "Once upon a time")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for spec in ("tale.txt", "./tale.txt", "~/tale.txt", Path("tale.txt")):
        assert corpora.load(spec).source == str(tmp_path / "tale.txt")


def test_another_encoding_is_said_in_a_note(tmp_path: Path) -> None:
    text = "Les élèves étaient déjà arrivés à la fête.\n" * 5
    corpus = corpora.load(written(tmp_path / "fête.txt", text.encode("latin-1")))
    assert corpus.preview() == text
    assert corpus.notes == ("fête.txt is not UTF-8; it was read as cp1252",)


def test_a_file_that_was_cut_off_says_what_was_left_out(tmp_path: Path) -> None:
    corpus = corpora.load(written(tmp_path / "cut.txt", "déjà 床".encode()[:-1]))
    assert corpus.preview() == "déjà "
    assert corpus.notes == (
        "cut.txt ends in the middle of a character; its last 2 byte(s) were left out",
    )


def test_lower_case_and_min_count_are_options_of_loading(tmp_path: Path) -> None:
    path = written(tmp_path / "tale.txt", "AAbBx")
    corpus = corpora.load(path, lower_case=True, min_count=2)
    assert corpus.preview() == "aabb\ufffd"


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    assert complaint(tmp_path / "no.txt") == (
        f"there is no file or folder {tmp_path / 'no.txt'}; check the path"
    )
    assert complaint("./sonnets") == f"there is no file or folder {Path.cwd()}/sonnets; " + (
        "check the path"
    )


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file_is_told(tmp_path: Path, data: bytes) -> None:
    path = written(tmp_path / "empty.txt", data)
    assert complaint(path) == f"{path} is empty; choose a text with at least two characters"


def test_a_text_of_one_character_is_told(tmp_path: Path) -> None:
    path = written(tmp_path / "one.txt", "x")
    assert complaint(path).startswith(f"{path} has only one character, 'x'; choose")


def test_a_text_of_one_distinct_character_is_told(tmp_path: Path) -> None:
    path = written(tmp_path / "same.txt", "\r\n" * 40)
    assert complaint(path).startswith(
        f"{path} has only one distinct character, '\\n' (40 times), so there is nothing to predict"
    )


def test_a_binary_file_is_told(tmp_path: Path) -> None:
    path = written(tmp_path / "picture.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
    assert complaint(path) == f"{path} is binary data, not text: byte 9 is NUL"


def test_undecodable_bytes_are_told(tmp_path: Path) -> None:
    path = written(tmp_path / "noise.txt", b"\x81\x8d\x8f\x90\x9d\xff\xfe\x80" * 20)
    assert complaint(path) == (
        f"{path} cannot be decoded: byte 1 is no UTF-8 (invalid start byte), and no other "
        "encoding fits; save it as UTF-8"
    )


def test_a_file_that_may_not_be_read_is_told(stranger: Path) -> None:
    path = written(stranger / "secret.txt", "nothing to see here")
    path.chmod(0)
    assert complaint(path) == (
        f"you may not read {path}; give yourself permission (chmod +r), or choose another text"
    )


def test_a_folder_that_may_not_be_entered_is_told(stranger: Path) -> None:
    folder = stranger / "closed"
    folder.mkdir()
    written(folder / "tale.txt", "nothing to see here")
    folder.chmod(0)
    assert complaint(folder).startswith(f"you may not read {folder};")
    assert complaint(folder / "tale.txt").startswith(f"you may not read {folder}/tale.txt;")


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    assert complaint(path).startswith(f"{path} is a device, pipe or socket; choose a regular file")
    assert complaint("/dev/null").startswith("/dev/null is a device")


def test_a_link_that_leads_round_in_a_circle_is_told(tmp_path: Path) -> None:
    path = tmp_path / "circle"
    path.symlink_to(path)
    assert complaint(path).startswith(f"{path} cannot be read (Too many levels of symbolic links)")


def test_a_text_that_is_too_large_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_BYTES", 10)
    path = written(tmp_path / "large.txt", "eleven char")
    assert "more than the 0.0 GB that one corpus may have" in complaint(path)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("tale\0.txt", "has a NUL character"),
        ("x" * 300 + ".txt", "cannot be read (File name too long)"),
        ("tale\udcff.txt", "has a name that is not UTF-8"),
        ("two\nlines.txt", r"two\nlines.txt"),
    ],
)
def test_a_path_that_cannot_be_is_told_on_one_line(spec: str, words: str) -> None:
    assert words in complaint(spec)


def test_a_file_taken_for_a_folder_is_told(tmp_path: Path) -> None:
    path = written(tmp_path / "tale.txt", "Once upon a time")
    assert "cannot be read (Not a directory)" in complaint(path / "chapter.txt")


def test_a_relative_path_from_a_folder_that_is_gone_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert complaint("./tale.txt").startswith("./tale.txt is relative to a folder that is gone;")


def loaded_or_refused(path: Path) -> tuple[Corpus | None, str]:
    """The corpus at `path`, or None and the refusal."""
    try:
        return corpora.load(path), ""
    except CorpusError as error:
        return None, str(error)


@given(st.binary(max_size=400))
def test_reading_any_bytes_gives_a_corpus_or_one_sentence(data: bytes) -> None:
    path = written(Path(os.environ["GRU_TUI_CACHE"]) / "any.txt", data)
    corpus, refusal = loaded_or_refused(path)
    if corpus is None:
        assert str(path) in refusal
        assert "\n" not in refusal
    else:
        assert len(corpus) >= 2


def test_a_real_text_is_read_whole(tinyshakespeare: Path) -> None:
    corpus = corpora.load(tinyshakespeare)
    assert len(corpus) == 1_115_394
    assert len(corpus.vocabulary) == 65
    assert corpus.vocabulary.decode(corpus.ids).encode() == tinyshakespeare.read_bytes()


def test_where_names_are_not_read_as_utf_8_the_remedy_is_to_read_them_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.getfilesystemencoding", lambda: "ascii")
    assert "for ascii here: set PYTHONUTF8=1" in complaint("t\udcc3\udca8xte.txt")

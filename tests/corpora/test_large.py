"""Large files go through the cache in pieces, and come out as small ones do."""

import codecs
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpora
from corpora import cache, large, tally
from corpora.vocabulary import Vocabulary

LINE = "Ein Satz mit Umlauten: äöü, 春夏秋冬 and 😀.\r\nThe next line.\r"


@pytest.fixture
def small_limits(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Whatever is above a hundred bytes is large, and pieces are short."""
    monkeypatch.setattr(cache, "LARGE", 100)
    monkeypatch.setattr(cache, "PART", 64)
    monkeypatch.setattr(cache, "BLOCK", 16)
    monkeypatch.setattr(large, "READ", 37)
    monkeypatch.setenv("GRU_TUI_CACHE", str(tmp_path / "cache"))
    return tmp_path


def test_the_cache_may_be_named_from_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GRU_TUI_CACHE", "~/texts")  # as a unit of systemd hands it on
    assert cache.folder() == tmp_path / "texts"
    monkeypatch.setenv("GRU_TUI_CACHE", "~nobody-of-that-name/texts")
    assert cache.folder() == Path("~nobody-of-that-name/texts")


@pytest.mark.parametrize("lower_case", [False, True])
@pytest.mark.parametrize("min_count", [1, 30])
def test_a_large_file_is_the_same_corpus_as_a_small_one(
    small_limits: Path, monkeypatch: pytest.MonkeyPatch, lower_case: bool, min_count: int
) -> None:
    path = small_limits / "text.txt"
    path.write_bytes(codecs.BOM_UTF8 + (LINE * 40).encode())
    options = {"lower_case": lower_case, "min_count": min_count}
    streamed = corpora.load(path, **options)  # type: ignore[arg-type]
    assert isinstance(streamed.ids, np.memmap)
    again = corpora.load(path, **options)  # type: ignore[arg-type]
    monkeypatch.setattr(cache, "LARGE", 1 << 30)
    whole = corpora.load(path, **options)  # type: ignore[arg-type]
    for found in (streamed, again):
        np.testing.assert_array_equal(found.ids, whole.ids)
        assert (found.vocabulary, found.sha256) == (whole.vocabulary, whole.sha256)


@pytest.mark.parametrize("kind", ["UTF-8", "latin-1", "a folder"])
def test_a_large_text_is_encoded_once_however_it_is_read_and_checked_here_and_there(
    small_limits: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(cache, "MOST_BLOCKS", 7)  # which do not begin where parts do
    monkeypatch.setattr(cache, "MOST_KEPT", 1)
    path = small_limits / "texts" / "text.txt"
    path.parent.mkdir()
    for word in ("first", "second"):
        encoding = "utf-8" if kind == "UTF-8" else "latin-1"
        path.write_bytes(f"the {word} café au lait, déjà bu. ".encode(encoding) * 40)
        source = path.parent if kind == "a folder" else path
        made = corpora.load(source)
        (kept,) = cache.folder().iterdir()
        number = kept.stat().st_ino  # another one, were it written anew: `made` holds this one
        found = corpora.load(source)
        assert kept.stat().st_ino == number
        assert isinstance(made.ids, np.memmap)
        assert isinstance(found.ids, np.memmap)
        assert not found.ids.flags.writeable
        assert found.preview(99) == made.preview(99)
        assert found.notes == made.notes
        assert bool(found.notes) == (kind != "UTF-8")


def test_other_options_make_another_corpus_of_the_same_large_file(small_limits: Path) -> None:
    path = small_limits / "text.txt"
    path.write_text("Abc abc " * 40 + "z")
    choices = [(False, 1), (True, 1), (False, 2), (True, 2)]
    for _ in range(2):  # made, then found again
        found = [
            corpora.load(path, lower_case=lower_case, min_count=min_count)
            for lower_case, min_count in choices
        ]
        assert all(isinstance(corpus.ids, np.memmap) for corpus in found)
        vocabularies = ["".join(corpus.vocabulary.characters) for corpus in found]
        assert vocabularies == [" Aabcz", " abcz", " Aabc\ufffd", " abc\ufffd"]


def test_a_text_without_spaces_is_not_held_whole_to_be_made_lower_case(
    small_limits: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "LONGEST_WORD", 50)
    path = small_limits / "text.txt"
    text = "ACGTäöü😀" * 40
    path.write_text(text, encoding="utf-8")
    found = list(large.pieces(path, lower_case=True))
    assert "".join(found) == text.lower()
    assert max(len(piece.encode()) for piece in found) <= 50 + large.READ


def test_a_changed_file_is_read_again(small_limits: Path) -> None:
    path = small_limits / "text.txt"
    path.write_text("abc " * 100)
    before = corpora.load(path)
    path.write_text("abd " * 101)
    assert corpora.load(path).sha256 != before.sha256


@pytest.mark.parametrize("folder", [False, True], ids=["file", "folder"])
def test_a_file_written_anew_with_its_old_time_is_read_again(
    small_limits: Path, folder: bool
) -> None:
    path = small_limits / "texts" / "text.txt"
    path.parent.mkdir()
    path.write_text("abc " * 100)
    before, source = path.stat(), path.parent if folder else path
    assert "d" not in corpora.load(source).vocabulary.characters
    while path.stat().st_ctime_ns == before.st_ctime_ns:  # the clock of some systems is coarse
        path.write_text("abd " * 100)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert "d" in corpora.load(source).vocabulary.characters


def test_a_file_that_another_process_forgets_meanwhile_is_no_fault(small_limits: Path) -> None:
    cache.folder().mkdir()
    gone = cache.folder() / f"gone{cache.SUFFIX}"
    gone.symlink_to("nowhere")  # listed, and not there any more when it is looked at
    path = small_limits / "text.txt"
    path.write_text("abc " * 100)
    assert isinstance(corpora.load(path).ids, np.memmap)


def test_of_many_large_texts_those_are_kept_that_were_used_last(
    small_limits: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "MOST_KEPT", 2)
    paths = [small_limits / name for name in ("one", "two", "three", "four", "five")]
    for path in paths:
        path.write_text(f"the text of {path.name}, " * 20)

    def used_now(path: Path) -> str:
        """Where that text is kept, which all others were used before."""
        for kept in cache.folder().glob("*"):
            os.utime(kept, ns=(0, kept.stat().st_mtime_ns // 2))
        ids = corpora.load(path).ids
        assert isinstance(ids, np.memmap)
        return Path(ids.filename or "").name

    favourite = used_now(paths[0])
    for path in paths[1:]:
        name = used_now(path)
        assert {kept.name for kept in cache.folder().iterdir()} == {favourite, name}
        assert used_now(paths[0]) == favourite


def test_what_killed_loaders_have_left_is_removed_when_it_is_old(small_limits: Path) -> None:
    program = """
import os, signal, sys
from corpora import cache, large
import corpora
cache.LARGE = 100
encode = large._encoded
def killed(*arguments, **options):
    yield next(encode(*arguments, **options))
    os.kill(os.getpid(), signal.SIGKILL)
large._encoded = killed
corpora.load(sys.argv[1])
"""
    path = small_limits / "text.txt"
    folder = small_limits / "cache"
    left = []
    for word in ("old ", "new "):
        path.write_text(word * 100)
        subprocess.run([sys.executable, "-c", program, str(path)], check=False)
        left += [one for one in folder.iterdir() if one not in left]
    old, new = left
    before = time.time() - cache.LONGEST_WRITING - 60
    os.utime(old, (before, before))
    other = folder / ".somebody-elses.partial"
    other.touch()
    os.utime(other, (before, before))
    corpora.load(path)
    assert not old.exists()
    assert new.exists()
    assert other.exists()


def test_a_file_that_grows_while_it_is_read_is_read_as_it_is_at_the_end(
    small_limits: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = small_limits / "text.txt"
    path.write_text("abc " * 100)
    choose = tally.choose

    def grow_and_choose(found: tally.Counts, min_count: int) -> Vocabulary:
        monkeypatch.setattr(tally, "choose", choose)
        path.write_text("abc " * 100 + "Z")  # what was counted has no Z
        return choose(found, min_count)

    monkeypatch.setattr(tally, "choose", grow_and_choose)
    assert "Z" in corpora.load(path).vocabulary.characters


@pytest.mark.parametrize("where", [0, 20, -1])
def test_a_damaged_cache_is_made_again(small_limits: Path, where: int) -> None:
    path = small_limits / "text.txt"
    path.write_text("some text, many times. " * 50)
    wanted = corpora.load(path)
    ids = np.array(wanted.ids)
    (file,) = (small_limits / "cache").iterdir()
    data = bytearray(file.read_bytes())
    data[where] ^= 0x01
    file.write_bytes(data)
    np.testing.assert_array_equal(corpora.load(path).ids, ids)


def test_what_is_no_utf_8_to_its_end_is_read_as_a_small_file_would_be(small_limits: Path) -> None:
    path = small_limits / "text.txt"
    path.write_bytes(b"plain for a long while, " * 50 + "caf\xe9 au lait. ".encode("latin-1") * 9)
    corpus = corpora.load(path)
    assert "é" in corpus.vocabulary.characters
    assert any("not UTF-8" in note for note in corpus.notes)


def test_iso_2022_jp_is_not_taken_for_the_ascii_that_it_is_made_of(small_limits: Path) -> None:
    path = small_limits / "text.txt"
    path.write_bytes(("春夏秋冬、" * 40).encode("iso2022-jp"))
    assert corpora.load(path).preview(5) == "春夏秋冬、"


@given(
    st.text(st.sampled_from("a \r\nä春😀\ufeffΣ")), st.integers(4, 12), st.booleans(), st.booleans()
)
def test_pieces_tear_no_character_line_end_or_word(
    tmp_path_factory: pytest.TempPathFactory, text: str, read: int, lower_case: bool, marked: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "pieces.txt"
    path.write_bytes(codecs.BOM_UTF8 * marked + text.encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(large, "READ", read)
        found = "".join(large.pieces(path, lower_case=lower_case))
    wanted = text if marked else text.removeprefix("\ufeff")
    wanted = wanted.replace("\r\n", "\n").replace("\r", "\n")
    assert found == (wanted.lower() if lower_case else wanted)


@given(st.text(st.characters(codec="utf-8"), min_size=1), st.integers(1, 9))
def test_counting_in_pieces_counts_every_character_once(text: str, length: int) -> None:
    counted = tally.Tally()
    for start in range(0, len(text), length):
        counted.add(text[start : start + length])
    assert counted.counts == {character: text.count(character) for character in sorted(set(text))}


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_large_file_needs_no_more_memory_than_a_piece(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    block = "Sphinx of black quartz, judge my vow.\n" * 30_000
    with path.open("w") as file:
        for _ in range(150):
            file.write(block)
    code = (
        "import re, sys, corpora\n"
        "from pathlib import Path\n"
        "def peak():\n"
        "    text = Path('/proc/self/status').read_text()\n"
        "    return int(re.search(r'VmHWM:\\s*(\\d+)', text)[1])\n"
        "corpora.from_text('warm up')\n"
        "before = peak()\n"
        "corpora.load(sys.argv[1])\n"
        "print(peak() - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, path], capture_output=True, text=True, check=True
    )
    assert 1_000 < int(done.stdout) < 120_000  # KB, of a text of 170,000


def test_large_texts_are_kept_up_to_a_size_and_the_newest_one_whatever_its_size(
    small_limits: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kept(text: str) -> list[int]:
        """The sizes of what is kept, the newest first, once that text has been read too."""
        path = small_limits / "text.txt"
        path.write_text(text)
        for other in cache.folder().glob("*"):
            os.utime(other, ns=(0, other.stat().st_mtime_ns // 2))
        corpora.load(path)
        files = sorted(cache.folder().iterdir(), key=lambda file: -file.stat().st_mtime_ns)
        return [file.stat().st_size for file in files]

    (first,) = kept("abc " * 100)
    second, _ = kept("cab " * 100)
    monkeypatch.setattr(cache, "MOST_BYTES", first + second)
    third, still = kept("bca " * 100)
    assert (third, still) == (second, second)
    (large,) = kept("acb " * 1000)
    assert large > first + second

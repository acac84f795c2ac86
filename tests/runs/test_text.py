"""The text of a run: kept, or found again, or named when it is another now."""

import shutil
from pathlib import Path

import pytest

import corpora
from corpora import Corpus, cache
from corpora.errors import CorpusError
from gru_tui.runs import text
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from tests.runs.making import TEXT, settings


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A file that somebody learns."""
    path = tmp_path / "fox.txt"
    path.write_text(TEXT + "Ä rare one.")
    return path


@pytest.fixture
def corpus(source: Path) -> Corpus:
    return corpora.load(str(source), min_count=2)


@pytest.fixture
def run(store: Store, corpus: Corpus) -> Run:
    return store.create(corpus, settings(min_count=2))


def same(one: Corpus, other: Corpus) -> bool:
    """Whether two corpora are the same text in the same alphabet."""
    return (
        one.sha256 == other.sha256
        and one.vocabulary == other.vocabulary
        and one.ids.tolist() == other.ids.tolist()
    )


def test_the_copy_is_read_when_the_source_is_gone(run: Run, corpus: Corpus, source: Path) -> None:
    source.unlink()
    assert same(text.load(run), corpus)


def test_the_copy_is_read_when_the_source_has_changed(
    run: Run, corpus: Corpus, source: Path
) -> None:
    source.write_text("something else, and more of it")
    assert same(text.load(run), corpus)


@pytest.mark.parametrize("damage", ["missing", "cut", "changed", "foreign", "a folder"])
def test_a_damaged_copy_falls_back_to_the_source(run: Run, corpus: Corpus, damage: str) -> None:
    path = run.path / text.FILE
    data = bytearray(path.read_bytes())
    path.unlink()
    if damage == "cut":
        path.write_bytes(data[:-5])
    elif damage == "changed":
        data[-1] ^= 1
        path.write_bytes(data)
    elif damage == "foreign":
        path.write_bytes(b"no ids at all\n{}")
    elif damage == "a folder":
        path.mkdir()
    assert same(text.load(run), corpus)


def test_a_copy_of_another_text_is_not_taken_for_this_one(
    store: Store, run: Run, corpus: Corpus
) -> None:
    other = store.create(corpora.from_text("another text, " * 40), settings())
    shutil.copy(other.path / text.FILE, run.path / text.FILE)
    assert same(text.load(run), corpus)


def test_a_changed_source_is_named_when_there_is_no_copy(run: Run, source: Path) -> None:
    (run.path / text.FILE).unlink()
    source.write_text("something else, and more of it")
    with pytest.raises(CorpusError, match=r"fox\.txt is not the text any more") as error:
        text.load(run)
    assert run.id in str(error.value)
    source.unlink()
    with pytest.raises(CorpusError, match=r"fox\.txt"):
        text.load(run)


def test_a_text_from_memory_has_no_other_place(store: Store) -> None:
    run = store.create(corpora.from_text(TEXT), settings())
    assert text.load(run).sha256 == run.config.corpus.sha256
    (run.path / text.FILE).write_bytes(b"damaged")
    with pytest.raises(CorpusError, match=r"text\.ids is missing or damaged, and the text is now"):
        text.load(run)


def test_a_large_text_that_cannot_be_linked_to_is_kept_only_when_it_has_no_source(
    store: Store, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "LARGE", 100)
    found = store.create(corpus, settings(min_count=2))
    assert not (found.path / text.FILE).exists()
    assert same(text.load(found), corpus)
    lost = store.create(corpora.from_text(TEXT), settings())
    assert (lost.path / text.FILE).exists()


def test_a_large_text_outlives_its_source_and_the_cache_without_a_copy(
    store: Store, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "LARGE", 100)
    monkeypatch.setenv("GRU_TUI_CACHE", str(tmp_path / "cache"))
    corpus = corpora.load(str(source), min_count=2)
    (encoded,) = cache.folder().glob(f"*{cache.SUFFIX}")
    run = store.create(corpus, settings(min_count=2))
    assert (run.path / text.FILE).samefile(encoded)
    source.write_text("something else, and more of it")
    shutil.rmtree(cache.folder())
    found = text.load(run)
    assert same(found, corpus)
    assert (found.name, found.source) == (corpus.name, corpus.source)
    fork = store.create(found, settings(min_count=2))
    store.delete(run)
    assert same(text.load(fork), corpus)


def test_the_known_entropy_rate_comes_back_with_the_copy(store: Store) -> None:
    dyck = corpora.load("dyck")
    run = store.create(dyck, settings())
    assert dyck.entropy_rate is not None
    assert text.load(run).entropy_rate == dyck.entropy_rate

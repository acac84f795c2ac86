"""`gru-tui corpora`: the built-in texts and the added ones, found by every command and the app."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from corpora.errors import ReportedError
from engine.hyperparameters import Hyperparameters
from gru_tui.context import Context
from gru_tui.steering import Steering
from tests.commands.program import SENTENCE, SMALL, Program, one_sentence

BUILT_IN = {"sonnets", "python", "python-reference", "dyck", "markov"}


@pytest.fixture
def tale(tmp_path: Path) -> Path:
    """A text in a folder of its own, which no command is started in."""
    path = tmp_path / "texts" / "tale.txt"
    path.parent.mkdir()
    path.write_text(SENTENCE * 30, encoding="utf-8")
    return path


def listed(program: Program) -> dict[str, dict[str, Any]]:
    """What `corpora --json` lists, by name."""
    return {listing["name"]: listing for listing in json.loads(program("corpora", "--json").out)}


def test_corpora_are_listed_shown_and_told_apart(program: Program) -> None:
    assert set(listed(program)) >= BUILT_IN
    assert program("corpora", "list", "--json").raw == program("corpora", "--json").raw
    assert program("corpora").lines[0].split()[:2] == ["name", "kind"]
    shown = json.loads(program("corpora", "show", "sonnets", "--json", "--length", 80).out)
    assert shown["characters"] > 100_000
    assert len(shown["preview"]) == 80


def test_an_unknown_corpus_is_answered_with_the_nearest(program: Program, tale: Path) -> None:
    assert program("corpora", "add", tale).status == 0
    for name, meant in (("sonets", "sonnets"), ("talestxt", "tale.txt")):
        result = program("corpora", "show", name)
        assert result.status == 2
        assert f"did you mean {meant!r}?" in one_sentence(result)


def test_a_text_is_shown_without_driving_the_terminal(program: Program, tmp_path: Path) -> None:
    hostile = tmp_path / "hostile.txt"
    hostile.write_text("\x1b[31mred\x1b[0m text and more of it\n" * 20, encoding="utf-8")
    assert "\x1b" not in program.on_a_terminal("corpora", "show", hostile)


def test_an_added_text_is_listed_and_shown_by_its_name(program: Program, tale: Path) -> None:
    result = program("corpora", "add", tale)
    assert (result.status, result.complaint) == (0, "")
    assert result.out.startswith(f"tale.txt is {tale} ")
    assert listed(program)["tale.txt"]["source"] == str(tale)
    assert program("corpora", "list").lines[-1].split()[:2] == ["tale.txt", "file"]
    shown = json.loads(program("corpora", "show", "tale.txt", "--json").out)
    assert (shown["source"], shown["characters"]) == (str(tale), 30 * len(SENTENCE))


def test_a_name_that_is_taken_gets_a_number_and_a_program_can_read_it(
    program: Program, tmp_path: Path
) -> None:
    for folder in ("one", "two"):
        path = tmp_path / folder / "sonnets"
        path.parent.mkdir()
        path.write_text(SENTENCE, encoding="utf-8")
    added = [
        json.loads(program("corpora", "add", tmp_path / folder / "sonnets", "--json").out)
        for folder in ("one", "two", "one")
    ]
    assert [one["name"] for one in added] == ["sonnets-2", "sonnets-3", "sonnets-2"]
    assert listed(program)["sonnets"]["kind"] == "original"


def test_train_and_evaluate_find_an_added_text(program: Program, tale: Path) -> None:
    assert program("corpora", "add", tale).status == 0
    trained = program("train", "tale.txt", "--steps", 3, *SMALL)
    assert trained.status == 0, trained.complaint
    (run,) = json.loads(program("runs", "--json").out)
    assert run["corpus"] == "tale.txt"
    own = program("evaluate", "last", "--json")
    assert own.status == 0, own.complaint
    assert own.raw == program("evaluate", "last", "--corpus", "tale.txt", "--json").raw


def test_a_removed_text_is_forgotten_but_stays_where_it_is(program: Program, tale: Path) -> None:
    assert program("corpora", "add", tale).status == 0
    result = program("corpora", "remove", "tale.txt")
    assert (result.status, result.complaint) == (0, "")
    assert "tale.txt" not in listed(program)
    assert tale.exists()
    assert program("corpora", "show", "tale.txt").status == 1
    assert program("corpora", "show", tale).status == 0


def test_what_was_never_added_cannot_be_removed(program: Program, tale: Path) -> None:
    result = program("corpora", "remove", "sonnets")
    assert (result.status, "'sonnets'" in one_sentence(result)) == (2, True)
    assert program("corpora", "add", tale).status == 0
    result = program("corpora", "remove", "tail.txt")
    assert (result.status, "did you mean 'tale.txt'?" in one_sentence(result)) == (2, True)


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("https://example.org/book.txt", 2, "is an address; download the text"),
        ("", 2, "is empty; give"),
        ("no-such-file.txt", 1, "no-such-file.txt; check the path"),
        ("picture.png", 1, "is binary data, not text"),
    ],
)
def test_what_cannot_be_learnt_is_not_added(
    program: Program, path: str, status: int, words: str
) -> None:
    (program.home.parent / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
    result = program("corpora", "add", path)
    assert (result.status, result.raw) == (status, b"")
    assert words in one_sentence(result)
    assert not program.home.exists()


def test_a_damaged_list_is_told_but_hides_no_other_text(program: Program, tale: Path) -> None:
    assert program("corpora", "add", tale).status == 0
    damaged = program.home / "corpora.json"
    damaged.write_bytes(damaged.read_bytes()[:-9])
    for command in (("list",), ("--json",), ("show", "tale.txt"), ("add", tale), ("remove", "x")):
        result = program("corpora", *command)
        assert (result.status, result.raw) == (1, b"")
        assert f"{damaged} is damaged" in one_sentence(result)
    for name in ("sonnets", tale):
        assert program("corpora", "show", name).status == 0
    assert damaged.read_bytes().count(b"tale") > 0


def test_the_app_lists_loads_and_trains_an_added_text(program: Program, tale: Path) -> None:
    assert program("corpora", "add", tale).status == 0
    context = Context(program.home)
    steering = Steering(context)
    facts = {one.name: one for one in steering.corpora()}
    assert set(facts) >= {*BUILT_IN, "tale.txt"}
    assert facts["tale.txt"].source == str(tale)
    assert steering.load("tale.txt").characters == 30 * len(SENTENCE)
    settings = Hyperparameters(steps=2, epochs=0, layers=1, hidden_size=8, processes=1)
    run = context.store.find(steering.start("tale.txt", settings))
    deadline = time.monotonic() + 60
    while run.is_alive():
        assert time.monotonic() < deadline
    assert run.config.corpus.name == "tale.txt"
    assert run.state() == "finished"


def test_the_app_shows_a_damaged_list_as_one_row_with_its_fault(program: Program) -> None:
    program.home.mkdir()
    (program.home / "corpora.json").write_text("[]")
    steering = Steering(Context(program.home))
    *others, last = steering.corpora()
    assert {one.name for one in others} >= BUILT_IN
    assert not any(one.fault for one in others)
    assert "corpora.json is damaged" in last.fault
    assert steering.load(last.source).fault == last.fault
    with pytest.raises(ReportedError, match="is damaged"):
        steering.start(last.source, Hyperparameters())


def test_the_help_says_in_whole_sentences_what_can_be_done_with_texts(program: Program) -> None:
    _, _, commands = program("corpora", "--help").out.partition("Commands:\n")
    assert [line.split()[0] for line in commands.splitlines()] == ["add", "list", "remove", "show"]
    assert all(line.endswith(".") and "..." not in line for line in commands.splitlines())

"""tag, pin, note and rename: what people say about a run, said from a shell."""

import json
from pathlib import Path

import pytest

from gru_tui.commands.tag import changed
from gru_tui.runs.run import LONGEST_NOTE, Run
from gru_tui.runs.store import Store
from tests.app.made_up_run import made_up_run
from tests.commands.program import Program, one_sentence
from tests.commands.test_completion import offered


@pytest.fixture
def run(program: Program) -> Run:
    """A finished run called amber-fox, in the program's data directory."""
    return made_up_run(Store(program.home))


def test_tags_are_given_and_taken_in_one_line(program: Program, run: Run) -> None:
    result = program("tag", "amber-fox", "+night", "hot", "+a,b", "-night")
    assert (result.status, result.out) == (0, "amber-fox has the tags hot, a, b.\n")
    assert run.label.tags == ("hot", "a", "b")
    # -h is no help here, and an option may still stand anywhere.
    result = program("tag", "last", "-hot", "--data-dir", program.home)
    assert (result.status, result.complaint) == (0, "")
    assert program("tag", "last").lines == ["a", "b"]
    (listed,) = json.loads(program("runs", "--json", "--filter", "tag:b").out)
    assert listed["tags"] == ["a", "b"]
    assert program("tag", "last", "-a", "-b").out == "amber-fox has no tags.\n"


def test_a_run_is_pinned_and_let_go(program: Program, run: Run) -> None:
    assert program("pin", "amber-fox").out == "amber-fox stands above the others now.\n"
    assert run.label.pinned
    assert program("pin", "--off", "amber-fox").out == "amber-fox is unpinned.\n"
    assert not run.label.pinned


def test_a_note_is_kept_shown_and_taken_away(program: Program, run: Run) -> None:
    assert program("note", "amber-fox").out == "made up, to be looked at\n"
    assert program("note", "amber-fox", "two words,", "and  more ").status == 0
    assert run.label.note == "two words, and  more"
    assert program("note", "amber-fox", "").out == "The note on amber-fox is gone.\n"
    assert program("note", "amber-fox").out == ""


def test_a_run_is_renamed(program: Program, run: Run) -> None:
    result = program("rename", "last", " pale heron ")
    assert result.out == "amber-fox is called pale heron now.\n"
    assert (run.name, program("note", "pale heron").status) == ("pale heron", 0)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["tag", "nobody", "+x"], "there is no run 'nobody'"),
        (["tag", "last", "+x", "-y"], "amber-fox has no tag 'y' to take away; its tags: none"),
        (["tag", "last", "+"], "'+' names no tag"),
        (["tag", "last", ",".join(map(str, range(13)))], "at most 12 tags"),
        (["pin", "last", "--of"], "--off"),
        (["note", "last", "x" * (LONGEST_NOTE + 1)], f"{LONGEST_NOTE} are the most"),
        (["rename", "last", " "], "the name of a run is empty"),
        (["rename", "last", " last "], "'last', which means the newest run"),
        (["rename", "last", "260101-120000"], "looks like the id of a run"),
        (["rename", "last", "260101-120000zab"], "looks like the id of a run"),
    ],
)
def test_bad_words_are_told_in_one_line_and_change_nothing(
    program: Program, run: Run, arguments: list[str], named: str
) -> None:
    before = run.label
    result = program(*arguments)
    assert (result.status, named in one_sentence(result)) == (2, True), result.complaint
    assert run.label == before


def test_what_cannot_be_written_is_a_failure(program: Program, run: Run, tmp_path: Path) -> None:
    label = run.path / "label.json"
    label.unlink(missing_ok=True)
    (label / "folder").mkdir(parents=True)
    result = program("pin", "last")
    assert (result.status, "cannot be written" in one_sentence(result)) == (1, True)


def test_the_last_word_about_a_tag_counts() -> None:
    assert changed(("a",), ("-a", "+a", "+b", "b"), "fox") == ("a", "b")
    assert changed(("a", "b"), ("-a", "-a"), "fox") == ("b",)


def test_shells_offer_the_runs(program: Program, run: Run) -> None:
    for command in ("tag", "pin", "note", "rename"):
        assert offered(program, command, "am") == ["amber-fox"]

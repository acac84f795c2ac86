"""`gru-tui evaluate`: the same figure as the run's own validation, and other texts."""

import json
import math
from pathlib import Path

import pytest

from tests.commands.program import SENTENCE, SMALL, Program, one_sentence


def test_the_figures_are_those_of_the_runs_own_validation(trained: Program) -> None:
    figures = json.loads(trained("evaluate", "last", "--checkpoint", "best", "--json").out)
    (run,) = json.loads(trained("runs", "--json").out)
    assert figures["loss"] == pytest.approx(run["best_validation_loss"], abs=1e-3)
    assert figures["perplexity"] == pytest.approx(math.exp(figures["loss"]))
    assert figures["bits_per_character"] == pytest.approx(figures["loss"] / math.log(2))
    assert figures["characters"] == pytest.approx(0.1 * 60 * len(SENTENCE), abs=1)


def test_without_json_a_person_can_read_it(trained: Program) -> None:
    lines = trained("evaluate", "last").lines
    assert [line.split("  ")[0] for line in lines] == [
        "loss",
        "perplexity",
        "bits per character",
        "characters",
    ]


def test_another_text_is_measured_in_the_runs_vocabulary(trained: Program, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("the lazy fox jumps over the dog\n" * 40, encoding="utf-8")
    part = json.loads(trained("evaluate", "last", "--corpus", other, "--json").out)
    whole = json.loads(trained("evaluate", "last", "--corpus", other, "--whole", "--json").out)
    assert part["characters"] == 128
    assert whole["characters"] == 1280


def test_the_runs_own_text_gives_the_same_when_it_is_named(trained: Program, text: Path) -> None:
    own = trained("evaluate", "last", "--json")
    assert own.raw == trained("evaluate", "last", "--corpus", text, "--json").raw


def test_a_run_is_measured_on_its_own_text_also_when_the_file_is_gone_or_new(
    program: Program, tmp_path: Path
) -> None:
    path = tmp_path / "fox.txt"
    path.write_text(SENTENCE * 40, encoding="utf-8")
    assert program("train", path, "--steps", 3, *SMALL).status == 0
    before = program("evaluate", "last", "--json")
    assert before.status == 0, before.complaint
    path.write_text(SENTENCE.upper() * 20, encoding="utf-8")
    assert program("evaluate", "last", "--json").raw == before.raw
    path.unlink()
    assert program("evaluate", "last", "--json").raw == before.raw


def test_characters_that_the_model_never_saw_are_named(trained: Program, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("the Ω and the Ж\n" * 40, encoding="utf-8")
    result = trained("evaluate", "last", "--corpus", other)
    assert result.status == 2
    assert "'Ω'" in one_sentence(result)
    assert "'Ж'" in result.complaint


def test_unknown_characters_are_the_unknown_symbol_where_the_run_has_one(
    program: Program, tmp_path: Path
) -> None:
    rare = tmp_path / "rare.txt"
    rare.write_text(SENTENCE * 40 + "q" + "Ж" + SENTENCE * 10, encoding="utf-8")
    other = tmp_path / "other.txt"
    other.write_text("the Ω fox Ж\n" * 40, encoding="utf-8")
    bounds = ("--steps", 3, "--hidden-size", 8, "--layers", 1, "--processes", 1, "--min-count", 5)
    assert program("train", rare, *bounds).status == 0
    figures = json.loads(program("evaluate", "last", "--corpus", other, "--json").out)
    assert (figures["characters"], figures["unknown_characters"]) == (48, 8)
    last = program("evaluate", "last", "--corpus", other).lines[-1]
    assert last.startswith("unknown             8 of them, each taken as the model's one symbol")


def test_a_missing_text_is_a_failure_in_one_line(trained: Program) -> None:
    result = trained("evaluate", "last", "--corpus", "/no/such/text.txt")
    assert result.status in (1, 2)
    assert "/no/such/text.txt" in one_sentence(result)

"""`gru-tui runs`: a table for people, JSON for programs."""

import json

from gru_tui import table
from tests.commands.program import Program, one_sentence


def test_runs_as_json_have_the_promised_fields(trained: Program) -> None:
    (run,) = json.loads(trained("runs", "--json").out)
    assert run["state"] == "finished"
    assert run["corpus"].startswith("fox")
    assert (run["cell"], run["layers"], run["hidden_size"]) == ("gru", 1, 16)
    assert run["step"] == 40
    assert run["epoch"] > 1
    assert run["best_validation_loss"] > 0
    assert (run["hyperparameters"]["steps"], run["hyperparameters"]["random_seed"]) == (40, 0)


def test_runs_as_a_table_fit_80_columns(trained: Program) -> None:
    head, row = trained("runs").lines
    assert head.split() == ["id", "state", "corpus", "model", "step", "epoch", "best", "name"]
    assert "gru 1x16" in row
    assert max(len(head), len(row)) <= 80


def test_no_runs_are_no_failure(program: Program) -> None:
    assert json.loads(program("runs", "--json").out) == []
    result = program("runs")
    assert (result.status, result.complaint) == (0, "")
    assert "no runs yet" in result.out


def test_a_damaged_run_does_not_hide_the_others(trained: Program) -> None:
    broken = trained.home / "runs" / "broken"
    broken.mkdir()
    try:
        (broken / "run.json").write_text("{")
        result = trained("runs", "--json")
        assert result.status == 0
        assert [run["name"] for run in json.loads(result.out) if run["name"] == "fox"] == ["fox"]
        assert "damaged and left out: broken" in one_sentence(result)
    finally:
        (broken / "run.json").unlink()
        broken.rmdir()


def test_a_name_of_two_lines_is_no_second_row(trained: Program) -> None:
    assert trained("rename", "fox", "fox\n999999-000000\tfinished").status == 0
    try:
        _, row = trained("runs").lines
        assert row.endswith("  fox 999999-000000 finished")
    finally:
        assert trained("rename", "last", "fox").status == 0


def test_columns_line_up_whatever_the_script() -> None:
    lines = table.rows(("name", "n", "rest"), [("紅樓夢", "1", "a"), ("x" * 30, "10", "b")], most=8)
    places = [table.width(line[: line.rindex(" ")]) for line in lines]
    assert len(set(places)) == 1
    assert "xxxxxxx…" in lines[2]

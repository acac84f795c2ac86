"""`gru-tui export`: whole files, never over another one unless told to."""

import csv
import io
from pathlib import Path

from tests.commands.program import Program, one_sentence


def test_a_checkpoint_is_copied_as_it_is(trained: Program, tmp_path: Path) -> None:
    output = tmp_path / "model.safetensors"
    result = trained("export", "last", "--format", "safetensors", "--output", output)
    assert (result.status, result.complaint) == (0, "")
    (best,) = trained.home.glob("runs/*/checkpoints/best.safetensors")
    assert output.read_bytes() == best.read_bytes()


def test_the_text_holds_every_sample(trained: Program, tmp_path: Path) -> None:
    output = tmp_path / "samples.txt"
    assert trained("export", "last", "--format", "text", "--output", output).status == 0
    written = output.read_text(encoding="utf-8")
    for step in (0, 20, 40):
        assert f"--- step {step}, " in written


def test_the_csv_has_losses_by_step(trained: Program, tmp_path: Path) -> None:
    output = tmp_path / "curves.csv"
    assert trained("export", "last", "--format", "csv", "--output", output).status == 0
    rows = list(csv.DictReader(io.StringIO(output.read_text())))
    steps = [row for row in rows if row["event"] == "step"]
    assert steps[-1]["step"] == "40"
    assert all(float(row["loss"]) > 0 and row["validation_loss"] == "" for row in steps)
    validations = [row for row in rows if row["event"] == "validation"]
    assert float(validations[-1]["validation_loss"]) > 0


def test_a_file_that_exists_is_kept_unless_forced(trained: Program, tmp_path: Path) -> None:
    output = tmp_path / "curves.csv"
    output.write_text("precious")
    refused = trained("export", "last", "--format", "csv", "--output", output)
    assert refused.status == 2
    assert "--force" in one_sentence(refused)
    assert output.read_text() == "precious"
    assert trained("export", "last", "--format", "csv", "--output", output, "--force").status == 0
    assert output.read_text().startswith("event,step,")
    assert [path.name for path in tmp_path.iterdir()] == ["curves.csv"]


def test_a_place_that_cannot_be_written_is_named(trained: Program, tmp_path: Path) -> None:
    output = tmp_path / "no" / "such" / "folder.csv"
    result = trained("export", "last", "--format", "csv", "--output", output)
    assert result.status == 1
    assert str(output) in one_sentence(result)
    onto_folder = trained("export", "last", "--format", "csv", "--output", tmp_path)
    assert onto_folder.status == 2
    assert "is a folder" in one_sentence(onto_folder)


def test_a_dash_is_standard_output(trained: Program) -> None:
    result = trained("export", "last", "--format", "csv", "--output", "-")
    assert result.lines[0].startswith("event,step,")


def test_what_of_the_events_cannot_be_exported_is_said(trained: Program, tmp_path: Path) -> None:
    (events,) = trained.home.glob("runs/*/events.jsonl")
    sound = events.read_bytes()
    csv_to = ("export", "last", "--format", "csv", "--output")
    try:
        events.write_bytes(sound + b"damaged\n")
        result = trained(*csv_to, "-")
        assert (result.status, result.lines[-1][:11]) == (0, "validation,")
        number = sound.count(b"\n") + 1
        assert f"line {number} of events.jsonl is damaged and was skipped" in one_sentence(result)
        events.unlink()
        events.mkdir()
        result = trained(*csv_to, tmp_path / "curves.csv")
        assert result.status == 1
        assert f"{events} cannot be read" in one_sentence(result)
        assert not any(tmp_path.iterdir())
    finally:
        if events.is_dir():
            events.rmdir()
        events.write_bytes(sound)

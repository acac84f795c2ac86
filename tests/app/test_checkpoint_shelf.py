"""Which checkpoints of a run the Generate screen offers."""

from pathlib import Path

from gru_tui.generation.shelf import CheckpointShelf


def test_the_newest_comes_first_however_many_digits_a_step_has(tmp_path: Path) -> None:
    folder = tmp_path / "checkpoints"
    folder.mkdir()
    for name in ("step-99999999", "step-100000000", "step-00000007", "best", "step-00000007 copy"):
        (folder / f"{name}.safetensors").touch()
    names = [kept.name for kept in CheckpointShelf().of(tmp_path)]
    assert names == ["best", "step-100000000", "step-99999999", "step-00000007"]

"""Which checkpoints of a run the Generate screen offers."""

from pathlib import Path

from gru_tui.generation.shelf import CheckpointShelf, Kept


def test_the_newest_comes_first_however_many_digits_a_step_has(tmp_path: Path) -> None:
    folder = tmp_path / "checkpoints"
    folder.mkdir()
    for name in ("step-99999999", "step-100000000", "step-00000007", "best", "step-00000007 copy"):
        (folder / f"{name}.safetensors").touch()
    names = [kept.name for kept in CheckpointShelf().of(tmp_path)]
    assert names == ["best", "step-100000000", "step-99999999", "step-00000007"]


def test_a_list_names_the_step_and_what_cannot_be_used(tmp_path: Path) -> None:
    assert Kept("best", tmp_path, 1200).title == "best 1,200"
    assert Kept("step-00001200", tmp_path, 1200).title == "step 1,200"
    assert Kept("last", tmp_path, fault="it is cut").title == "last (damaged)"
    assert Kept("step-00001200", tmp_path, fault="it is cut").title == "step (damaged)"

"""What the README says is what the code does."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from statistics import mean
from typing import Any

import pytest

from engine import Hyperparameters, Trainer, evaluate, load_checkpoint

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROGRAMS = sorted(
    path.name
    for path in (ROOT / "benchmarks").glob("*.py")
    if "__main__" in path.read_text("utf-8")
)


def test_the_library_snippet_runs_and_is_under_ten_lines(tmp_path: Path) -> None:
    snippet = re.findall(r"```python\n(.*?)```", README, re.DOTALL)[0]
    assert len(snippet.strip().splitlines()) < 10
    done = subprocess.run(
        [sys.executable, "-c", snippet],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    loss, text = done.stdout.split(" ", 1)
    assert float(loss) < 0.1
    assert "sat on the" in text
    assert not list(tmp_path.iterdir())


def test_pytorch_goes_on_with_a_checkpoint_as_the_readme_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch = pytest.importorskip("torch")
    settings = Hyperparameters(hidden_size=8, layers=2, batch_size=4, epochs=0, steps=3)
    with Trainer("the cat sat on the mat. " * 20, settings, folder=tmp_path) as trainer:
        list(trainer)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(re.findall(r"```python\n(.*?)```", README, re.DOTALL)[1], names)
    loss = torch.nn.functional.cross_entropy(names["logits"][:-1], names["ids"][1:])
    model = load_checkpoint(tmp_path / "best.safetensors").model
    ours = evaluate(model, model.vocabulary.encode("the "))
    assert loss.item() == pytest.approx(ours, rel=1e-5)


@pytest.mark.parametrize(
    ("preset", "words"),
    [
        ("one-minute", "validation loss of {:.3f} nats"),
        ("three-minutes", "three-minutes` at {:.3f}"),
    ],
)
def test_the_losses_of_the_first_lines_are_those_that_were_measured(
    preset: str, words: str
) -> None:
    measured = json.loads((ROOT / "benchmarks/results/learning.json").read_text("utf-8"))
    losses = [row["loss"] for row in measured["rows"] if row["preset"] == preset]
    assert words.format(mean(losses)) in README


def test_the_key_table_is_the_one_that_the_app_uses() -> None:
    actions = pytest.importorskip("gru_tui.actions")
    table = re.search(r"<!-- keys.*?-->\n(.*?)<!-- end of keys -->", README, re.DOTALL)
    assert table is not None
    assert table[1].strip() == actions.as_markdown().strip()


def test_every_dependency_has_its_reason_in_the_table() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    table = README.split("## Dependencies")[1]
    for requirement in project["dependencies"]:
        name = re.split(r"[<>=]", requirement)[0]
        assert f"{name}" in table, name


def test_both_set_up_commands_are_there_word_for_word() -> None:
    for command in (
        "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/gru-tui",
        "python3 -m venv .venv && .venv/bin/pip install '.[test]' && .venv/bin/pytest",
    ):
        assert f"\n    {command}\n" in README


@pytest.mark.parametrize("name", PROGRAMS)
def test_help_on_a_benchmark_needs_none_of_the_libraries_that_it_compares(
    name: str, tmp_path: Path
) -> None:
    for library in ("jax", "torch"):
        (tmp_path / f"{library}.py").write_text("raise ImportError")
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / name, "--help"],
        env={**os.environ, "PYTHONPATH": f"{tmp_path}:{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout[:6]) == (0, "usage:"), done.stderr

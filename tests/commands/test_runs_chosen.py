"""`gru-tui runs --filter --sort`, and the time-lapse of `gru-tui generate --checkpoint all`."""

import json
from pathlib import Path

import pytest

from engine import generate, load_checkpoint
from gru_tui.runs.store import Store
from tests.app.runs_on_disk import trained_run
from tests.commands.program import Program, one_sentence


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """Three runs of different learning rates; the first is pinned, the second has a tag."""
    program = Program(tmp_path_factory.mktemp("three") / "home")
    store = Store(program.home)
    for name, rate in {"alpha": 0.02, "beta": 0.001, "gamma": 0.005}.items():
        run = trained_run(store, learning_rate=rate)
        run.rename(name)
        run.pin(name == "alpha")
        if name == "beta":
            run.change_tags(lambda _: "night")
    return program


def test_the_filter_and_the_order_are_those_of_the_screen(three: Program) -> None:
    chosen = three("runs", "--json", "--filter", "lr<0.01", "--sort", "-learning_rate")
    assert [run["name"] for run in json.loads(chosen.out)] == ["gamma", "beta"]
    tagged = three("runs", "--filter", "tag:night")
    assert [line.split()[-1] for line in tagged.lines] == ["name", "beta"]
    by_name = json.loads(three("runs", "--json", "--sort", "-name").out)
    assert [run["name"] for run in by_name] == ["alpha", "gamma", "beta"]
    assert [(run["tags"], run["pinned"]) for run in by_name] == [
        ([], True),
        ([], False),
        (["night"], False),
    ]


def test_a_filter_that_fits_nothing_is_no_failure(three: Program) -> None:
    result = three("runs", "--filter", "state=running")
    assert (result.status, result.out) == (0, "no run fits state=running\n")
    assert json.loads(three("runs", "--json", "--filter", "zebra").out) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--filter", "lrr<0.01"), "did you mean lr?"),
        (("--sort", "-bestt"), "did you mean best?"),
    ],
)
def test_a_wrong_filter_or_order_is_bad_usage(
    three: Program, arguments: tuple[str, ...], words: str
) -> None:
    result = three("runs", *arguments)
    assert (result.status, result.raw) == (2, b"")
    assert words in one_sentence(result)


def test_every_checkpoint_writes_in_its_turn(trained: Program) -> None:
    asked = ("--checkpoint", "all", "--seed-text", "the ", "--length", 20, "--random-seed", 7)
    result = trained("generate", "last", *asked)
    assert result.status == 0
    heads = result.complaint.splitlines()
    assert heads[0].startswith("── step 0 · epoch")
    assert heads[-1].startswith("── step 40 · epoch")
    assert "validation loss" in heads[-1]
    (folder,) = (Path(path) for path in trained.home.glob("runs/*/checkpoints"))
    texts = [
        "the " + "".join(generate(load_checkpoint(folder / name).model, "the ", length=20,
                                  temperature=0.8, random_seed=7))
        for name in ("step-00000000.safetensors", "last.safetensors")
    ]  # fmt: skip
    assert result.out.startswith(texts[0] + "\n\n")
    assert result.out.endswith("\n\n" + texts[1])
    refused = trained("generate", "last", "--checkpoint", "all", "--samples", 2)
    assert (refused.status, "exclude each other" in refused.complaint) == (2, True)

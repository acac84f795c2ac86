"""Checkpoints that are cut, foreign or made to do harm: one sentence, and nothing else happens."""

import json
import os
import pickle
import shutil
import struct
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file, save, save_file

from engine.events import State
from gru_tui.commands import ending
from gru_tui.commands.group import program as command_line
from gru_tui.commands.session import Session
from gru_tui.runs.command import send
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from tests.commands.program import Program, one_sentence
from tests.engine.foreign_types import retyped
from tests.runs.living import live
from tests.runs.making import events, last, new_run, of


def header(**changes: str) -> Callable[[Path], bytes]:
    """A whole checkpoint with another header."""

    def make(path: Path) -> bytes:
        with safe_open(path, framework="numpy") as file:
            metadata = {**file.metadata(), **changes}
        tensors = load_file(path)
        return bytes(save(tensors, metadata={k: v for k, v in metadata.items() if v}))

    return make


def tensor(name: str, change: Callable[[Any], Any]) -> Callable[[Path], bytes]:
    """A whole checkpoint with one tensor changed."""

    def make(path: Path) -> bytes:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata()
        tensors = load_file(path)
        tensors[name] = np.ascontiguousarray(change(tensors[name]))
        return bytes(save(tensors, metadata=metadata))

    return make


def foreign(path: Path) -> bytes:
    save_file({"weight": np.zeros(3, np.float32)}, path.with_name("foreign"))
    return path.with_name("foreign").read_bytes()


class Bomb:
    """A pickle that would leave a file behind if anybody loaded it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.path,))


MODEL = json.dumps(
    {
        "cell": "gru",
        "layers": 1,
        "hidden_size": 1 << 40,
        "embedding_size": 0,
        "vocabulary_size": 1 << 40,
    }
)
HOSTILE: dict[str, Callable[[Path], bytes]] = {
    "empty": lambda path: b"",
    "cut": lambda path: path.read_bytes()[:-1000],
    "a promise of a huge header": lambda path: struct.pack("<Q", 1 << 62) + b"{}",
    "a pickle": lambda path: pickle.dumps(Bomb(path.with_name("exploded"))),
    "of another program": foreign,
    "of a newer format": header(format='"gru-tui/9"'),
    "with a header that is no JSON": header(architecture='{"cell": '),
    "with deep brackets": header(hyperparameters="[" * 100_000),
    "with an unheard-of cell": header(architecture=MODEL.replace("gru", "\\u001b[31m")),
    "with impossible sizes": header(architecture=MODEL),
    "with a vocabulary of words": header(vocabulary=json.dumps(["fox", "dog"])),
    "without a step": header(step=""),
    "with numbers that are none": tensor("head.bias", lambda array: array * np.float32("nan")),
    "with a narrower head": tensor("head.weight", lambda array: array[:, 1:]),
    "with a head in BF16": lambda path: retyped(path, "head.weight", "BF16"),
    "with moments in F8": lambda path: retyped(path, "adam.first_moment.head.bias", "F8_E4M3"),
}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run that has stopped early."""
    run = new_run(Store(tmp_path_factory.mktemp("trained")), steps=3)
    assert live(run) == 0
    return run


def complaint(arguments: list[str], store: Store, capsys: pytest.CaptureFixture[str]) -> str:
    """What the program says when it fails at that, called as by `gru-tui` but in this process."""
    session = Session(time.monotonic(), store.folder.parent)
    status = ending.status_of(lambda: command_line.run(arguments, session))
    said = capsys.readouterr()
    assert (status, said.out) == (1, "")
    return said.err.removesuffix("\n")


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_checkpoint_that_cannot_be_used_is_one_sentence_and_harms_nobody(
    trained: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    store = Store(tmp_path / "home")
    path = store.folder / trained.id
    shutil.copytree(trained.path, path)
    run = Run(path)
    content = HOSTILE[kind](last(run))
    for checkpoint in run.checkpoints.glob("*.safetensors"):
        checkpoint.unlink()
    last(run).write_bytes(content)
    send(run, "set", changes={"steps": 6}, when="now")
    assert live(run) == 1
    for sentence in (
        of(State, events(run))[-1].reason,
        complaint(["generate", run.id, "--checkpoint", "last"], store, capsys),
    ):
        assert str(last(run)) in sentence
        assert "\n" not in sentence
        assert "\x1b" not in sentence
        assert len(sentence) < 500
    assert not (run.checkpoints / "exploded").exists()
    assert last(run).read_bytes() == content


@pytest.mark.parametrize("command", ["resume", "evaluate", "generate"])
def test_every_command_names_a_cut_checkpoint_and_fails(
    trained: Run, tmp_path: Path, command: str
) -> None:
    store = Store(tmp_path / "home")
    path = store.folder / trained.id
    shutil.copytree(trained.path, path)
    for checkpoint in (path / "checkpoints").glob("*.safetensors"):
        os.truncate(checkpoint, 3000)
    result = Program(store.folder.parent)(command, trained.id)
    assert result.status == 1
    assert "is no whole safetensors file" in one_sentence(result)
    assert result.out == ""

"""What the tests of the command line train once: a text, and a program with a finished run."""

from pathlib import Path

import pytest

from tests.commands.program import SENTENCE, SMALL, Program


@pytest.fixture(scope="session")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small text that a small model learns something from."""
    path = tmp_path_factory.mktemp("texts") / "fox.txt"
    path.write_text(SENTENCE * 60, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory, text: Path) -> Program:
    """A program with one finished run of 40 steps, for tests that only read it."""
    program = Program(tmp_path_factory.mktemp("trained") / "home")
    result = program("train", text, "--steps", 40, "--sample-every", 20, "--name", "fox", *SMALL)
    assert result.status == 0, result.complaint
    return program

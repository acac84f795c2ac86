"""What every test stands on: strict numbers, repeatable examples, a cache and runs of its own."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import numpy as np
import pytest

from gru_tui.runs.store import Store
from tests.commands.program import Program

# Underflow is left alone: a probability that rounds to zero is right.
np.seterr(over="raise", divide="raise", invalid="raise")

hypothesis.settings.register_profile("ci", derandomize=True, deadline=None, database=None)
hypothesis.settings.register_profile("search", deadline=None, max_examples=2_000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

# Whoever starts the tests in the background may have them ignored, and children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

NOBODY = 65_534  # whom file permissions stop, also where the tests run as root
CHECKOUT = Path(__file__).resolve().parents[1]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rounds", type=int, help="rounds of every endurance test, in place of its own number"
    )
    parser.addoption("--minutes", type=float, default=30.0, help="how long the soak lasts")


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Encoded texts are cached here, never in the cache of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setenv("GRU_TUI_CACHE", str(folder))
        patch.setenv("GRU_TUI_CONFIG", str(folder / "none.toml"))  # nor whoever's own keys
        yield folder


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Runs in an empty data directory."""
    return Store(tmp_path / "home")


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A program with the same empty data directory."""
    return Program(tmp_path / "home")


@pytest.fixture
def stranger(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder, and for as long as the test runs a user whom file permissions apply to."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    root = os.geteuid() == 0
    if root:
        os.chown(folder, NOBODY, -1)
        os.seteuid(NOBODY)
    try:
        yield folder
    finally:
        if root:
            os.seteuid(0)
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o700)
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def tinyshakespeare() -> Path:
    """A megabyte of plays that stands beside the checkout on some machines."""
    path = CHECKOUT.parent / "shared" / "corpora" / "tinyshakespeare.txt"
    if not path.exists():
        pytest.skip(f"needs {path}")
    return path

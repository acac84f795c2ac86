"""What the tests of the Train screen share: an app over an empty data directory, and a text."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gru_tui.runs.command import send
from gru_tui.runs.store import Store
from tests.app.on_train import OnTrain
from tests.app.runs_on_disk import RIVER


@pytest.fixture
def river(tmp_path: Path) -> str:
    """A short text of its own as the corpus."""
    path = tmp_path / "river.txt"
    path.write_text(RIVER)
    return str(path)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """The runs of an app whose data directory is `tmp_path` itself."""
    return Store(tmp_path)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[OnTrain]:
    """On an empty data directory; the trainers that it leaves behind are stopped."""
    yield OnTrain(tmp_path / "data")
    for run in Store(tmp_path / "data").list():
        if run.is_alive():
            send(run, "stop")

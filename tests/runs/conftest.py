"""A data directory of its own for each test."""

from pathlib import Path

import pytest

from gru_tui.runs.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Runs in an empty data directory."""
    return Store(tmp_path / "home")

import time
from pathlib import Path

import pytest

from engine import rehearsal, speed


@pytest.fixture(autouse=True)
def _other_tests_run_beside_these(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsal, "UNDISTURBED", 0)


def test_the_speed_is_measured_once_and_remembered(tmp_path: Path) -> None:
    first = speed.characters_per_second(tmp_path)
    assert first is not None
    assert first > 0
    (file,) = tmp_path.glob("*.speed")
    file.write_bytes(b"12345.0")
    assert speed.characters_per_second(tmp_path) == 12345
    assert speed.characters_per_second(tmp_path, is_quiet=False) == 12345


def test_nothing_is_measured_while_another_run_trains(tmp_path: Path) -> None:
    assert speed.characters_per_second(tmp_path, is_quiet=False) is None
    assert not list(tmp_path.iterdir())


def test_what_is_measured_beside_other_work_is_not_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsal, "UNDISTURBED", 0.9)
    monkeypatch.setattr(time, "process_time", lambda: time.monotonic() / 2)  # half a core
    assert speed.characters_per_second(tmp_path) is not None
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [b"", b"{}", b"fast", b"\xff\x00"])
def test_a_damaged_answer_is_measured_again(tmp_path: Path, content: bytes) -> None:
    speed.characters_per_second(tmp_path)
    (file,) = tmp_path.glob("*.speed")
    file.write_bytes(content)
    assert speed.characters_per_second(tmp_path, is_quiet=False) is None

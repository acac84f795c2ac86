from pathlib import Path

import pytest

from engine.machine import Split
from engine.remembered import recall, remember
from tests.runs.making import full_disk


def test_an_answer_is_kept_for_who_asks_for_its_kind(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "fast.split"
    assert recall(path, Split) is None
    remember(path, Split(1, 2))
    assert recall(path, Split) == Split(1, 2)
    assert recall(path, float) is None


@pytest.mark.parametrize("content", [b"", b"[1]", b"[1, 2, 3]", b'["1", 2]', b"\xff"])
def test_what_is_no_answer_counts_as_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "answer").write_bytes(content)
    assert recall(tmp_path / "answer", Split) is None


def test_an_answer_that_a_full_disk_refuses_leaves_nothing(tmp_path: Path) -> None:
    with full_disk(0):
        remember(tmp_path / "cache" / "fast.split", Split(1, 2))
    assert list((tmp_path / "cache").iterdir()) == []

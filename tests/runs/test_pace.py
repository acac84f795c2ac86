"""The pace of a run with a time budget, as it was kept and as a replay asks for it."""

from pathlib import Path

import pytest

from gru_tui.runs.course import Place
from gru_tui.runs.pace import RECORD, PaceFile, RecordedPace
from tests.runs.making import full_disk


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "pace.bin"


def keep(path: Path, *figures: tuple[int, int, float]) -> None:
    file = PaceFile(path)
    for rollbacks, step, done in figures:
        file.add(Place(rollbacks, step), done)
    file.close()


def test_what_was_done_last_at_a_place_counts_in_whatever_order_it_is_asked_for(path: Path) -> None:
    keep(path, (0, 1, 0.1), (0, 2, 0.2), (0, 3, 0.3))
    keep(path, (0, 2, 0.25), (0, 3, 0.35), (1, 2, 0.4), (1, 3, 0.5))  # killed, and rolled back
    pace = RecordedPace(path)
    found = {Place(0, 0): None, Place(0, 1): 0.1, Place(0, 2): 0.25, Place(0, 3): 0.35}
    found |= {Place(0, 9): 0.35, Place(1, 0): 0.35, Place(1, 2): 0.4, Place(1, 7): 0.5}
    assert {place: pace.done(place) for place in found} == found
    assert {place: pace.done(place) for place in reversed(found)} == found
    assert pace.last == Place(1, 3)


def test_an_empty_record_knows_no_place(path: Path) -> None:
    path.touch()
    assert RecordedPace(path).last < Place(0, 0)
    assert RecordedPace(path).done(Place(0, 5)) is None


def test_a_torn_record_is_cut_off_before_the_next_one(path: Path) -> None:
    keep(path, (0, 0, 0.1))
    with path.open("ab") as file:
        file.write(b"torn")
    assert RecordedPace(path).last == Place(0, 0)
    keep(path, (0, 1, 0.2))
    assert path.stat().st_size == 2 * RECORD.size
    assert RecordedPace(path).done(Place(0, 1)) == 0.2


@pytest.mark.parametrize("room", [0, 10])
def test_a_full_disk_ends_the_record_for_ever(path: Path, room: int) -> None:
    file = PaceFile(path)
    file.add(Place(0, 0), 0.1)
    with full_disk(RECORD.size + room):
        file.add(Place(0, 1), 0.2)
    file.add(Place(0, 2), 0.3)
    file.close()
    assert not path.exists()

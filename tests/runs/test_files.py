"""Files of lines and whole files, also when the disk is full or a writer was killed."""

from pathlib import Path

import pytest

from corpora.whole_file import write_whole
from gru_tui.runs.files import LineFile, sweep
from tests.runs.making import full_disk


def test_lines_are_appended_to_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"one\n")
    file = LineFile(path)
    file.append(b"two\n")
    file.append(b"three\n")
    file.close()
    assert path.read_bytes() == b"one\ntwo\nthree\n"


def test_a_torn_last_line_is_closed_before_the_next_one(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"one\ntw")
    file = LineFile(path)
    file.append(b"three\n")
    file.close()
    assert path.read_bytes() == b"one\ntw\nthree\n"


def test_a_line_that_a_full_disk_cuts_is_finished_when_there_is_room(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    file = LineFile(path)
    with full_disk(6):
        file.append(b"one\n")
        for line in (b"two\n", b"three\n"):
            with pytest.raises(OSError, match="File too large"):
                file.append(line)
        assert path.read_bytes() == b"one\ntw"
    file.flush()
    file.append(b"four\n")
    file.close()
    assert path.read_bytes() == b"one\ntwo\nthree\nfour\n"


def test_what_could_not_be_written_before_the_end_fuses_with_nothing(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    file = LineFile(path)
    with full_disk(2), pytest.raises(OSError, match="File too large"):
        file.append(b"lost\n")
    file.close()
    after = LineFile(path)
    after.append(b"whole\n")
    after.close()
    assert path.read_bytes() == b"lo\nwhole\n"


def test_a_whole_file_is_replaced_or_untouched(tmp_path: Path) -> None:
    path = tmp_path / "label.json"
    write_whole(path, b"old")
    with full_disk(2), pytest.raises(OSError, match="File too large"):
        write_whole(path, b"newer")
    assert path.read_bytes() == b"old"
    write_whole(path, b"newer")
    assert path.read_bytes() == b"newer"
    assert list(tmp_path.iterdir()) == [path]


def test_the_leavings_of_a_killed_writer_are_swept_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / ".step-00000001.safetensors.partial").write_bytes(b"half")
    (tmp_path / ".link-abc").mkdir()
    (tmp_path / ".link-abc" / "last.safetensors").write_bytes(b"half")
    whole, others = tmp_path / "last.safetensors", tmp_path / ".notes"
    whole.write_bytes(b"whole")
    others.mkdir()
    (others / "mine.partial").write_bytes(b"of somebody")
    sweep(tmp_path)
    assert {*tmp_path.rglob("*")} == {whole, others, others / "mine.partial"}

"""A file that a person named."""

import os
from pathlib import Path

import pytest

from corpora.errors import ReportedError
from gru_tui.named_file import FileStandsError, fault, write_text


def test_a_text_is_written_as_it_is(tmp_path: Path) -> None:
    text = "tab\tbell\x07 line\r\nünïcödé 春\n"
    write_text(tmp_path / "a.txt", text)
    assert (tmp_path / "a.txt").read_bytes() == text.encode()


def test_a_file_that_stands_is_not_written_over_without_a_yes(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(FileStandsError):
        write_text(path, "new")
    assert path.read_text() == "old"
    write_text(path, "new", overwrite=True)
    assert path.read_text() == "new"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_writing_over_keeps_the_permissions(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    path.chmod(0o640)
    write_text(path, "new", overwrite=True)
    assert path.stat().st_mode & 0o777 == 0o640


def test_writing_over_a_link_leaves_what_it_leads_to_alone(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to(tmp_path / "real.txt")
    with pytest.raises(FileStandsError):
        write_text(tmp_path / "link.txt", "new")
    write_text(tmp_path / "link.txt", "new", overwrite=True)
    assert (tmp_path / "link.txt").read_text() == "new"
    assert (tmp_path / "real.txt").read_text() == "old"


def test_a_pipe_is_written_into_and_stays(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(ReportedError, match="nobody reads from this pipe"):
        write_text(pipe, "text", overwrite=True)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_text(pipe, "one, ")
    write_text(pipe, "two", overwrite=True)
    assert os.read(reader, 100) == b"one, two"
    os.close(reader)
    assert pipe.is_fifo()


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="reads /proc")
def test_a_name_of_ones_own_output_leads_there(tmp_path: Path) -> None:
    output = tmp_path / "stdout"
    with open(tmp_path / "real.txt", "wb") as file:
        file.write(b"one, ")
        file.flush()
        output.symlink_to(f"/proc/self/fd/{file.fileno()}")
        write_text(output, "two", overwrite=True)
    assert output.is_symlink()
    assert (tmp_path / "real.txt").read_text() == "one, two"


@pytest.mark.parametrize("name", ["", "nowhere/a.txt", "a\0b", "x" * 300])
def test_a_place_that_cannot_be_written_gets_a_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(ReportedError) as caught:
        write_text(tmp_path / name, "text")
    assert "\n" not in str(caught.value)


def test_a_folder_that_takes_no_files_is_not_said_to_be_missing() -> None:
    with pytest.raises(ReportedError, match="cannot be written") as caught:
        write_text(Path("/proc/gru-tui.txt"), "text")
    assert "there is no folder" not in str(caught.value)


def test_what_keeps_a_file_from_being_written_is_known_before(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("old")
    for name in ("a.txt", "new.txt", "new.txt "):
        assert fault(f"{tmp_path}/{name}") == ""
    assert fault(" ") == "Name a file."
    assert fault(str(tmp_path)) == f"{tmp_path} is a folder; add the name of a file."
    assert fault(f"{tmp_path}/no/a.txt") == f"There is no folder {tmp_path}/no."
    assert fault(f"{tmp_path}/a.txt/b") == f"{tmp_path}/a.txt is a file, not a folder."
    assert "cannot be written: File name too long." in fault(f"{tmp_path}/{'x' * 300}")
    assert fault("~nobody-of-that-name/a") == "There is no user nobody-of-that-name."


def test_a_folder_that_one_may_not_write_into_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # as for anyone but root
    assert fault(f"{tmp_path}/a") == f"You may not write into the folder {tmp_path}."

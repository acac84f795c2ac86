"""A file is whole or absent, whatever stands in its way, and its folder is its owner's alone."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from corpora.added import Shelf
from corpora.whole_file import make_durable, make_private, write_whole, written


class StopError(Exception):
    pass


@pytest.mark.parametrize("beside", [False, True])
def test_a_block_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, beside: bool
) -> None:
    path = tmp_path / "file"
    write_whole(path, b"old")
    place = tmp_path / "beside" if beside else None

    def fail() -> None:
        with written(path, beside=place) as file:
            file.write(b"new")
            raise StopError

    with pytest.raises(StopError):
        fail()
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


def test_what_a_killed_writer_left_beside_is_replaced_and_a_link_is_not_followed(
    tmp_path: Path,
) -> None:
    precious = tmp_path / "precious"
    precious.write_bytes(b"mine")
    (tmp_path / "beside").symlink_to(precious)
    with written(tmp_path / "file", beside=tmp_path / "beside") as file:
        file.write(b"new")
    assert precious.read_bytes() == b"mine"
    assert (tmp_path / "file").read_bytes() == b"new"
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600


def test_a_name_of_255_bytes_can_be_written(tmp_path: Path) -> None:
    for name in ("x" * 255, "ä" * 127, "𝄞" * 63):
        write_whole(tmp_path / name, b"whole")
        assert (tmp_path / name).read_bytes() == b"whole"


def test_a_folder_and_those_above_it_are_private(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        make_private(tmp_path / "a" / "b")
    finally:
        os.umask(before)
    for folder in (tmp_path / "a", tmp_path / "a" / "b"):
        assert folder.stat().st_mode & 0o777 == 0o700
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match=r"exists|Not a directory"):
        make_private(tmp_path / "file")


def test_of_texts_that_are_added_at_once_none_is_lost(tmp_path: Path) -> None:
    texts = [tmp_path / f"text-{number}.txt" for number in range(24)]
    for text in texts:
        text.write_text(f"{text} and more of it")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda text: Shelf(tmp_path / "home").add(text), texts))
    names = {listing.name for listing in Shelf(tmp_path / "home").listings()}
    assert names == {text.name for text in texts}


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs /proc")
def test_a_folder_that_knows_no_fsync_is_let_be_and_a_file_is_not() -> None:
    folder = Path("/proc/self")
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with pytest.raises(OSError, match="Invalid argument"):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
    make_durable(folder)
    with pytest.raises(OSError, match="Invalid argument"):
        make_durable(Path("/dev/null"))

"""Where relative paths start, on systems where something is missing."""

import pwd
from pathlib import Path

import pytest

from corpora import cache
from gru_tui.configuration import configuration_path
from gru_tui.folders import split_path
from gru_tui.named_file import fault, meant
from gru_tui.runs.home import data_dir
from gru_tui.whereabouts import here, home


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user without HOME and without an entry in the system's list."""

    def unknown(uid: int) -> None:
        raise KeyError(uid)

    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)


@pytest.fixture
def removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the program was started, which is not there any more."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    return folder


def test_here_is_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert here() == tmp_path


@pytest.mark.usefixtures("removed")
def test_here_is_home_once_the_current_folder_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert here() == tmp_path
    assert meant(" a.txt ") == tmp_path / "a.txt"
    assert fault("a.txt") == ""


@pytest.mark.usefixtures("removed", "nobody")
def test_without_any_home_it_is_the_root() -> None:
    assert here() == home() == Path("/")
    assert split_path("~/texts/a", here()) == (Path("/texts"), "a")
    assert fault("~/a.txt") == "There is no home folder behind the ~."


@pytest.mark.usefixtures("nobody")
def test_without_any_home_the_folders_of_the_program_lie_in_the_root(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("GRU_TUI_HOME", "GRU_TUI_CACHE", "GRU_TUI_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert data_dir() == Path("/.gru-tui/data")
    assert cache.folder() == Path("/.gru-tui/cache")
    assert configuration_path() == Path("/.gru-tui/config/config.toml")

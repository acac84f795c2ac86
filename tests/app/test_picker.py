"""The file picker over real folders."""

import os
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from gru_tui.folders import read_folder, split_path
from gru_tui.screens.picker import FilePicker
from tests.app.waiting import until

SIZE_COLUMN = 10


class Picking(App[None]):
    """Opens the picker at once and keeps what it hands back."""

    def __init__(self, start: Path) -> None:
        super().__init__()
        self.start = start
        self.picked: list[Path | None] = []

    def on_mount(self) -> None:
        self.push_screen(FilePicker(self.start), self.picked.append)

    @property
    def rows(self) -> list[str]:
        options = self.screen.query_one(OptionList).options
        return [str(option.prompt)[SIZE_COLUMN:] for option in options]

    @property
    def said(self) -> str:
        return str(self.screen.query_one("#fault", Static).content)


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    folder = tmp_path / "texts"
    (folder / "poems").mkdir(parents=True)
    (folder / "poems" / "ode.txt").write_text("o wild west wind\n" * 20)
    (folder / "novel.txt").write_text("it was a dark night\n" * 3000)
    (folder / "notes.md").write_text("n")
    (folder / ".hidden").write_text("h")
    return folder


async def listed(pilot: Pilot[Any], app: Picking, *names: str) -> None:
    await until(pilot, lambda: app.rows == list(names), f"the list shows {names}")


async def test_folders_come_first_and_hidden_files_stay_away(texts: Path) -> None:
    app = Picking(texts)
    async with app.run_test(size=(80, 24)) as pilot:
        await listed(pilot, app, "..", "poems/", "notes.md", "novel.txt")


async def test_typing_narrows_and_enter_picks(texts: Path) -> None:
    app = Picking(texts)
    async with app.run_test(size=(80, 24)) as pilot:
        await listed(pilot, app, "..", "poems/", "notes.md", "novel.txt")
        await pilot.press(*"nov")
        await listed(pilot, app, "novel.txt")
        await pilot.press("enter")
        await until(pilot, lambda: app.picked == [texts / "novel.txt"])


async def test_an_absolute_path_can_be_typed_behind_the_folder_that_stands_there(
    texts: Path,
) -> None:
    app = Picking(texts / "poems")
    async with app.run_test(size=(80, 24)) as pilot:
        await listed(pilot, app, "..", "ode.txt")
        await pilot.press(*f"{texts}/nov")
        await listed(pilot, app, "novel.txt")
        await pilot.press("enter")
        await until(pilot, lambda: app.picked == [texts / "novel.txt"])


async def test_a_dot_shows_the_hidden_ones(texts: Path) -> None:
    app = Picking(texts)
    async with app.run_test(size=(80, 24)) as pilot:
        await listed(pilot, app, "..", "poems/", "notes.md", "novel.txt")
        await pilot.press(".", "h")
        await listed(pilot, app, ".hidden")


async def test_enter_leads_into_a_folder_and_the_first_row_out_again(texts: Path) -> None:
    app = Picking(texts)
    async with app.run_test(size=(80, 24)) as pilot:
        await listed(pilot, app, "..", "poems/", "notes.md", "novel.txt")
        await pilot.press("enter")
        await listed(pilot, app, "..", "ode.txt")
        await pilot.press("up", "enter")
        await listed(pilot, app, "..", "poems/", "notes.md", "novel.txt")


async def test_tab_completes_a_name(texts: Path) -> None:
    app = Picking(texts)
    async with app.run_test(size=(80, 24)) as pilot:
        await listed(pilot, app, "..", "poems/", "notes.md", "novel.txt")
        await pilot.press("p", "tab")
        await listed(pilot, app, "..", "ode.txt")
        await pilot.press("o", "tab")
        await until(
            pilot, lambda: app.screen.query_one(Input).value.endswith("/texts/poems/ode.txt")
        )


async def test_a_folder_can_be_the_choice(texts: Path) -> None:
    app = Picking(texts)
    async with app.run_test(size=(80, 24)) as pilot:
        await listed(pilot, app, "..", "poems/", "notes.md", "novel.txt")
        await pilot.press("ctrl+o")
        await until(pilot, lambda: app.picked == [texts])


async def test_the_folder_that_is_half_typed_can_be_the_choice(texts: Path) -> None:
    app = Picking(texts)
    async with app.run_test(size=(80, 24)) as pilot:
        await listed(pilot, app, "..", "poems/", "notes.md", "novel.txt")
        await pilot.press("p", "o")
        await listed(pilot, app, "poems/")
        await pilot.press("ctrl+o")
        await until(pilot, lambda: app.picked == [texts / "poems"])


async def test_a_whole_path_can_be_typed(texts: Path, tmp_path: Path) -> None:
    app = Picking(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await listed(pilot, app, "..", "texts/")
        app.screen.query_one(Input).value = str(texts / "notes.md")
        await listed(pilot, app, "notes.md")
        await pilot.press("enter")
        await until(pilot, lambda: app.picked == [texts / "notes.md"])


async def test_escape_picks_nothing(texts: Path) -> None:
    app = Picking(texts)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("escape")
        await until(pilot, lambda: app.picked == [None])


async def test_a_click_picks(texts: Path) -> None:
    app = Picking(texts)
    async with app.run_test(size=(80, 24)) as pilot:
        await listed(pilot, app, "..", "poems/", "notes.md", "novel.txt")
        await pilot.click(OptionList, offset=(12, 2))
        await until(pilot, lambda: app.picked == [texts / "notes.md"])


async def test_a_folder_that_is_not_there_is_named(texts: Path) -> None:
    app = Picking(texts)
    async with app.run_test(size=(80, 24)) as pilot:
        app.screen.query_one(Input).value = str(texts / "nowhere" / "x")
        await until(pilot, lambda: "There is no folder" in app.said)
        await pilot.press("ctrl+o", "enter")
        await pilot.pause()
        assert app.picked == []


async def test_names_that_are_no_text_are_shown_and_still_picked(tmp_path: Path) -> None:
    name = os.fsdecode(b"b\xff\x1b[31m.txt")
    (tmp_path / name).write_text("x")
    app = Picking(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: len(app.rows) == 2)
        assert "\x1b" not in app.rows[1]
        app.rows[1].encode()
        await pilot.press("enter")
        await until(pilot, lambda: app.picked == [tmp_path / name])


async def test_a_folder_whose_name_is_no_text_can_be_entered(tmp_path: Path) -> None:
    inner = tmp_path / os.fsdecode(b"d\xff")
    inner.mkdir()
    (inner / "a.txt").write_text("x")
    app = Picking(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: len(app.rows) == 2)
        await pilot.press("enter")
        await listed(pilot, app, "..", "a.txt")
        await pilot.press("a", "enter")
        await until(pilot, lambda: app.picked == [inner / "a.txt"])


async def test_a_name_is_not_read_as_markup(tmp_path: Path) -> None:
    (tmp_path / "[bold]x[").write_text("x")
    app = Picking(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await listed(pilot, app, "..", "[bold]x[")


def test_a_folder_of_many_entries_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gru_tui.folders.MOST_ENTRIES", 3)
    for number in range(5):
        (tmp_path / f"{number}.txt").write_text("x")
    listing = read_folder(tmp_path)
    assert len(listing.entries) == 3
    assert listing.cut


def test_a_dangling_link_does_not_hide_its_neighbours(tmp_path: Path) -> None:
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    (tmp_path / "here").write_text("x")
    found = [(entry.name, entry.size) for entry in read_folder(tmp_path).entries]
    assert found == [("gone", None), ("here", 1)]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("x")
    assert "is a file, not a folder" in read_folder(tmp_path / "f").fault


@pytest.mark.parametrize(
    ("text", "folder", "name"),
    [
        ("/a/b/c", "/a/b", "c"),
        ("/", "/", ""),
        ("c", "/here", "c"),
        ("b/c", "/here/b", "c"),
        ("../c", "/here/..", "c"),
        ("", "/here", ""),
        ("/here//a/b", "/a", "b"),
        ("/here//", "/", ""),
        ("//", "/", ""),
        ("/a/~/b//c", "/", "c"),
        ("/here/~", "/here", "~"),
        ("/here/~draft", "/here", "~draft"),
    ],
)
def test_a_typed_path_is_a_folder_and_the_beginning_of_a_name(
    text: str, folder: str, name: str
) -> None:
    assert split_path(text, Path("/here")) == (Path(folder), name)


def test_a_tilde_is_the_home_folder() -> None:
    assert split_path("~", Path("/here")) == (Path.home(), "")
    assert split_path("~/te", Path("/here")) == (Path.home(), "te")
    assert split_path("~/texts/a", Path("/here")) == (Path.home() / "texts", "a")
    assert split_path("/here/~/te", Path("/here")) == (Path.home(), "te")
    assert split_path("/here//a/~/te", Path("/here")) == (Path.home(), "te")

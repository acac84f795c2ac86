"""The folder in which the app was started is removed while it runs."""

from pathlib import Path

import pytest

from gru_tui.panes.generated_text import GeneratedText
from gru_tui.runs.store import Store
from gru_tui.screens.dialogs import Prompt
from gru_tui.screens.picker import FilePicker
from tests.app.on_train import OnTrain
from tests.app.runs_on_disk import trained_run
from tests.app.waiting import until


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder; what the app was started in is gone, though nobody has told it."""
    home, work = tmp_path / "home", tmp_path / "work"
    home.mkdir()
    work.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(work)
    work.rmdir()
    return home


async def test_a_chart_is_saved_at_home(app: OnTrain, home: Path) -> None:
    trained_run(Store(app.context.data_dir))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.step)
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        assert isinstance(app.screen, Prompt)
        assert f"starts in {home}." in app.screen.words
        await pilot.press("home", "shift+end", *"a.svg", "enter")
        await until(pilot, lambda: app.told)
    assert (home / "a.svg").exists()


async def test_a_text_is_saved_at_home(app: OnTrain, home: Path) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("3")
        await until(pilot, lambda: app.current_mode == "generate")
        app.screen.query_one(GeneratedText).begin("abc")
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press("home", "shift+end", *"a.txt", "enter")
        await until(pilot, lambda: app.told)
    assert (home / "a.txt").read_text() == "abc"


async def test_a_picture_of_the_screen_lies_at_home(app: OnTrain, home: Path) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        app.action_picture()
        await until(pilot, lambda: app.told)
    (picture,) = home.glob("*.svg")
    assert app.told == [f"A picture of the screen is in {picture}."]


@pytest.mark.usefixtures("home")
async def test_a_text_to_learn_is_looked_for_from_home_on(app: OnTrain) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.facts)
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, FilePicker))
        assert isinstance(app.screen, FilePicker)
        assert app.screen._folder_text == "~/"

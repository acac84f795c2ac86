"""Keys of a person's own: they work, and everything that names a key names them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.widgets import Input, Static

from gru_tui.actions import action, actions, remap
from gru_tui.context import Context
from gru_tui.draft import Draft
from gru_tui.panes.keyline import KeyLine
from gru_tui.picture import Picture
from gru_tui.screens.help import HelpScreen
from gru_tui.screens.palette import ActionsProvider
from gru_tui.screens.proposals import HINTS, Words
from gru_tui.terminal.manners import Manners, decided
from tests.app.on_train import OnTrain, ready
from tests.app.waiting import until

KEYS = """
[keys]
hyperparameters = "f6"
start_or_pause = "k"        # an "always" key that types: it must not be taken from a field
help = ["f2", "f3"]
show_runs = "f7"
change_theme = "f8"         # has no key of its own
leave = "ctrl+x"
"generate.leave_field" = "f9"
"""


@pytest.fixture
def manners(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Manners]:
    path = tmp_path / "config.toml"
    path.write_text(KEYS)
    monkeypatch.setenv("GRU_TUI_CONFIG", str(path))
    yield decided()
    remap({})


@pytest.fixture
def remapped(tmp_path: Path, manners: Manners) -> OnTrain:
    app = OnTrain(tmp_path / "data", manners=manners)
    assert not manners.fault
    return app


async def test_the_new_keys_work_and_the_old_ones_do_not(remapped: OnTrain) -> None:
    app = remapped
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        await pilot.press("h", "2", "ctrl+q", "ctrl+s")
        assert app.screen is app.train
        assert not app.train.busy
        await pilot.press("f6")
        entry = app.row("learning_rate").entry
        await until(pilot, lambda: entry.has_focus)
        await pilot.press("k")
        assert "k" in entry.value
        await pilot.press("escape", "u", "f7")
        await until(pilot, lambda: getattr(app.screen, "SCOPE", "") == "runs")
        await pilot.press("f8")
        await until(pilot, lambda: "themes" in app.screen.query_one(Input).placeholder)
        await pilot.press("escape", "ctrl+x")
        await until(pilot, lambda: app._exit)


async def test_footer_help_palette_and_hints_show_the_new_keys(remapped: OnTrain) -> None:
    app = remapped
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        assert app.keys.startswith("k Start")
        assert "f6 Hyperparameters" in app.keys
        assert app.keys.rstrip().endswith("f2 Help  ^x Leave")
        assert app.hint.startswith("k trains on sonnets")
        assert "f6 lead to other ones" in app.hint
        assert "k    train on sonnets" in app.drawn
        titles = [str(hit.prompt) async for hit in ActionsProvider(app.screen).discover()]
        assert "Theme  f8" in titles
        assert "Hyperparameters  f6" in titles
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        words = [str(part.render()) for part in app.screen.query(Static)]
        for row in actions("train", "app"):
            assert row.shown_keys in words
        assert "f2, f3" in words
        await pilot.press("f2")
        await until(pilot, lambda: not isinstance(app.screen, HelpScreen))


async def test_of_two_actions_of_one_name_only_the_meant_one_changes(remapped: OnTrain) -> None:
    app = remapped
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        await pilot.press("3")
        await until(pilot, lambda: getattr(app.screen, "SCOPE", "") == "generate")
        await pilot.press("tab")
        keys = app.screen.query_one(KeyLine)
        await until(pilot, lambda: "f9 Leave field" in str(keys.render()))
    assert action("train.leave_field").keys == ("escape",)


def test_hints_name_only_actions_that_there_are(manners: Manners) -> None:
    remap(manners.configuration.keys)
    for state in HINTS:
        assert "{" not in Words(None, Draft(), state).hint


def test_a_reason_from_elsewhere_names_no_action() -> None:
    picture = Picture("261124-210512", "amber-fox", state="interrupted", reason="killed {nobody}")
    assert Words(picture, Draft(), "").hint == "Interrupted: ^s goes on (killed {nobody})."


async def test_who_leaves_a_run_that_trains_is_told_the_key_that_there_is(
    remapped: OnTrain,
) -> None:
    async with remapped.run_test(size=(120, 40)) as pilot:
        await ready(pilot, remapped)
        remapped.train.picture = Picture("261124-210512", "amber-{fork}", state="running")
        remapped.train.action_new_run()
        await until(pilot, lambda: remapped.told)
        assert remapped.told == ["amber-{fork} goes on; f7 shows all runs."]


async def test_a_faulty_file_is_told_and_stands_in_nobodys_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[keys]\nstop = "hyper+x"\n')
    monkeypatch.setenv("GRU_TUI_CONFIG", str(path))
    app = OnTrain(tmp_path / "data", manners=decided())
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        await until(pilot, lambda: app.told)
        assert f"{path}, line 2: " in app.told[0]
        assert app.keys.startswith("^s Start")


async def test_a_theme_that_was_chosen_is_there_the_next_time(tmp_path: Path) -> None:
    app = OnTrain(tmp_path / "data")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        assert app.theme == "river"
        app.theme = "nord"
        await until(pilot, (tmp_path / "data" / "theme").exists)
    assert OnTrain(tmp_path / "data").theme == "nord"

    config = tmp_path / "config.toml"
    config.write_text('[app]\ntheme = "dracula"\n')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRU_TUI_CONFIG", str(config))
        again = OnTrain(tmp_path / "data", manners=decided())
        assert again.theme == "dracula"
        async with again.run_test(size=(120, 40)) as pilot:
            await ready(pilot, again)
            again.theme = "gruvbox"
            await until(pilot, lambda: any("the configuration" in each for each in again.told))
    assert config.read_text() == '[app]\ntheme = "dracula"\n'
    assert OnTrain(tmp_path / "data").theme == "gruvbox"


@pytest.mark.parametrize("content", [b"", b"no-such-theme\n", b"\xff\xfe", b"x" * 10_000])
def test_a_remembered_theme_that_is_none_is_let_go(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "theme").write_bytes(content)
    assert OnTrain(tmp_path).theme == "river"


async def test_a_theme_of_the_file_that_is_none_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLORTERM", "truecolor")
    (tmp_path / "config.toml").write_text('[app]\ntheme = "nrod"\n')
    monkeypatch.setenv("GRU_TUI_CONFIG", str(tmp_path / "config.toml"))
    app = OnTrain(tmp_path / "data", manners=decided())
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: any('no theme "nrod"' in each for each in app.told))
        assert app.theme == "river"
    assert Context(tmp_path).manners == Manners()

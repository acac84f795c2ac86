"""Choosing what to learn on the Train screen."""

from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Input, OptionList

import corpora
from engine import Hyperparameters
from gru_tui.facts import Facts
from gru_tui.panes.corpus import CorpusList, CorpusPane
from gru_tui.runs.store import Store
from gru_tui.screens.picker import FilePicker
from tests.app.on_train import OnTrain, begin, ready
from tests.app.runs_on_disk import RIVER, SMALL
from tests.app.waiting import until


async def choose(app: OnTrain, source: str) -> None:
    rows = app.train.query_one(CorpusList)
    rows.highlighted = rows.get_option_index(source)


async def test_looking_at_a_corpus_shows_its_figures_and_enter_chooses_it(app: OnTrain) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        await pilot.press("c")
        await choose(app, "dyck")
        await until(pilot, lambda: "entropy floor" in app.facts)
        assert app.train.source == "sonnets"
        await pilot.press("enter")
        await until(pilot, lambda: "train on dyck" in app.drawn)
        assert app.train.source == "dyck"


class Hidden(App[None]):
    def compose(self) -> ComposeResult:
        yield CorpusPane()


async def test_before_the_list_has_a_place_its_names_are_whole() -> None:
    app = Hidden()
    async with app.run_test(size=(60, 20)) as pilot:
        pane = app.query_one(CorpusPane)
        pane.display = False
        await until(pilot, lambda: not pane.size.area)
        rows = pane.query_one(CorpusList)
        pane.list_all([Facts("python", "python-reference", hint="about 460 KB")], "python")
        assert str(rows.get_option("python").prompt) == "▸ python-reference"
        pane.display = True
        await until(pilot, lambda: str(rows.get_option("python").prompt).endswith("  ~460 K"))


async def test_another_corpus_means_another_run(app: OnTrain, river: str) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        run = await begin(pilot, app, river)
        await pilot.press("c")
        await choose(app, "dyck")
        await pilot.press("enter")
        await until(pilot, lambda: app.train.picture is None)
        assert "train on dyck" in app.drawn
        assert run.is_alive()


async def test_a_text_of_ones_own_is_opened_and_trained_on(
    app: OnTrain, tmp_path: Path, river: str
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, FilePicker))
        app.screen.query_one("#path", Input).value = river
        entries = app.screen.query_one("#entries", OptionList)
        await until(pilot, lambda: any("river" in str(row.prompt) for row in entries.options))
        await pilot.press("enter")
        await until(pilot, lambda: app.train.source == river)
        await until(pilot, lambda: "train on river.txt" in app.drawn)
        await until(pilot, lambda: "1,920 characters" in app.facts)


async def test_a_text_of_ones_own_stands_last_also_where_its_run_is_shown_first(
    tmp_path: Path,
) -> None:
    path = tmp_path / f"{'river-' * 12}.txt"
    path.write_text(RIVER)
    store = Store(tmp_path / "data")
    run = store.create(corpora.load(str(path)), Hyperparameters.from_mapping(SMALL))
    app = OnTrain(tmp_path / "data", run.id)
    async with app.run_test(size=(120, 40)) as pilot:
        rows = app.train.query_one(CorpusList)
        await until(pilot, lambda: rows.option_count > 4, "all corpora are listed")
        await until(pilot, lambda: app.train.source == str(path), "and that of the run")
        *_, own, last = rows.options
        assert own.id == str(path)
        assert "open a text" in str(last.prompt)
        assert "…" in str(own.prompt)


async def test_what_is_wrong_with_a_text_is_named(app: OnTrain, tmp_path: Path) -> None:
    bad = tmp_path / "short.txt"
    bad.write_text("")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        app.train._opened(bad)
        await until(pilot, lambda: "short.txt" in app.facts)
        assert any("short.txt" in words for words in app.told)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: sum("short.txt" in words for words in app.told) > 1)
        assert app.train.picture is None


async def test_a_name_is_neither_markup_nor_control_characters(
    app: OnTrain, tmp_path: Path
) -> None:
    strange = tmp_path / "[b]\x1b[2J.txt"
    strange.write_text("words and words\n" * 50)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        app.train._opened(strange)
        await until(pilot, lambda: "800 characters" in app.facts)
        assert "[b]" in app.drawn
        assert "[b]" in app.hint
        assert "\x1b" not in app.drawn + app.hint + app.facts


async def test_a_text_that_does_not_fit_into_memory_is_a_fault_in_its_place(
    app: OnTrain, river: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_large(*_: object, **__: object) -> None:
        raise MemoryError

    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        monkeypatch.setattr("corpora.load", too_large)
        app.train._opened(Path(river))
        await until(pilot, lambda: "the text does not fit into memory" in app.facts)

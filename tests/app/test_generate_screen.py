"""The Generate screen over real runs and with the real writing process."""

from pathlib import Path
from threading import Event
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Input, Select, Static, TextArea

from gru_tui.context import Context
from gru_tui.panes.generated_text import GeneratedText
from gru_tui.panes.keyline import KeyLine
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from gru_tui.screens.dialogs import Confirm, Prompt
from gru_tui.screens.generate import GenerateScreen
from tests.app.remembering import Remembering
from tests.app.runs_on_disk import RIVER, new_run, train_on, trained_run
from tests.app.waiting import until


class OnGenerate(Remembering):
    """The app, begun on its third screen."""

    DEFAULT_MODE = "generate"

    def __init__(self, data_dir: Path) -> None:
        super().__init__(Context(data_dir))

    @property
    def writing(self) -> GenerateScreen:
        screen = self.screen_stack[0]
        assert isinstance(screen, GenerateScreen)
        return screen

    @property
    def shown(self) -> GeneratedText:
        return self.writing.query_one(GeneratedText)

    def words(self, selector: str) -> str:
        return str(self.writing.query_one(selector, Static).content)

    def field(self, name: str) -> Input:
        return self.writing.query_one(f"#setting-{name} Input", Input)


@pytest.fixture
def run(store: Store) -> Run:
    return trained_run(store)


@pytest.fixture
def app(tmp_path: Path) -> OnGenerate:
    return OnGenerate(tmp_path)


async def ready(pilot: Pilot[Any], app: OnGenerate) -> None:
    await until(pilot, lambda: "epoch" in app.words("#checkpoint-words"), "a checkpoint is shown")


async def written(pilot: Pilot[Any], app: OnGenerate, characters: int) -> None:
    await until(
        pilot,
        lambda: len(app.shown.text) >= characters and not app.writing.is_writing,
        f"{characters} characters are written",
    )


async def test_the_seed_text_and_what_the_model_adds_are_told_apart(
    app: OnGenerate, run: Run
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        app.writing.query_one(TextArea).text = "the quiet"
        app.field("length").value = "40"
        app.field("random_seed").value = "4"  # whose text does not begin with a new line
        await pilot.press("ctrl+g")
        await written(pilot, app, 49)
        assert app.shown.text.startswith("the quiet")
        assert app.shown.text[9] != "\n"
        assert len(app.shown.text) == 49
        first = [segment for segment in app.shown.render_line(0) if segment.text.strip()]
        assert first[0].text == "the quiet"
        assert first[0].style != first[1].style


async def test_nothing_is_said_about_runs_that_were_not_looked_at_yet(
    app: OnGenerate, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_may_end = Event()
    really = Store.list

    def slowly(store: Store) -> list[Run]:
        look_may_end.wait()
        return really(store)

    monkeypatch.setattr(Store, "list", slowly)
    async with app.run_test(size=(80, 24)) as pilot:
        try:
            await pilot.pause()
            assert app.shown.text == ""
            assert not any(app.shown.lines)
            for choice in app.writing.query(Select):
                assert str(choice.query_one("#label", Static).content).strip() == ""
        finally:
            look_may_end.set()
        await ready(pilot, app)


async def test_the_button_does_what_the_key_does(app: OnGenerate, run: Run) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        app.field("length").value = "10"
        await pilot.click("#generate")
        await written(pilot, app, 10)


async def test_an_empty_seed_text_and_temperature_0_are_fine(app: OnGenerate, run: Run) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        app.field("temperature").value = "0"
        app.field("length").value = "30"
        await pilot.press("ctrl+g")
        await written(pilot, app, 30)
        greedy = app.shown.text
        await pilot.press("a")
        await until(pilot, lambda: not app.writing.is_writing and len(app.shown.text) == 30)
        assert app.shown.text == greedy


async def test_characters_that_the_model_never_saw_are_named_before_anything_is_written(
    app: OnGenerate, run: Run
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        app.writing.query_one(TextArea).text = "the Ω and the ψ"
        await until(pilot, lambda: "Ω" in app.words("#missing"))
        assert "ψ" in app.words("#missing")
        await pilot.press("ctrl+g")
        await pilot.pause()
        assert not app.writing.is_writing
        assert app.focused is app.writing.query_one(TextArea)
        app.writing.query_one(TextArea).text = "the "
        await until(pilot, lambda: not app.writing.query_one("#missing").display)


@pytest.mark.parametrize("bad", ["-1", "nan", "1e400", "hot", ""])
async def test_a_bad_temperature_is_named_beside_its_field(
    app: OnGenerate, run: Run, bad: str
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        app.field("temperature").value = bad
        await until(
            pilot, lambda: "number from 0" in app.words("#setting-temperature .setting--words")
        )
        await pilot.press("ctrl+g")
        await pilot.pause()
        assert not app.writing.is_writing
        assert app.focused is app.field("temperature")


async def test_again_takes_another_random_seed(app: OnGenerate, run: Run) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        app.field("length").value = "60"
        app.field("random_seed").value = "7"
        await pilot.press("ctrl+g")
        await written(pilot, app, 60)
        first = app.shown.text
        await pilot.press("ctrl+g")
        await until(pilot, lambda: app.writing.texts_begun == 2)
        await written(pilot, app, 60)
        assert app.shown.text == first
        await pilot.press("a")
        await until(pilot, lambda: app.writing.texts_begun == 3)
        await written(pilot, app, 60)
        assert app.field("random_seed").value != "7"
        assert app.shown.text != first


async def test_more_goes_on_behind_what_stands_there(app: OnGenerate, run: Run) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        app.field("length").value = "20"
        await pilot.press("ctrl+g")
        await written(pilot, app, 20)
        first = app.shown.text
        await pilot.press("m")
        await written(pilot, app, 40)
        assert app.shown.text.startswith(first)
        assert len(app.shown.text) == 40


async def test_the_same_key_stops_it(app: OnGenerate, run: Run) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        app.field("length").value = "100000"
        await pilot.press("ctrl+g")
        button = app.writing.query_one("#generate", Button)
        await until(pilot, lambda: len(app.shown.text) > 100 and str(button.label) == "Stop")
        await pilot.press("ctrl+g")
        await until(pilot, lambda: not app.writing.is_writing)
        assert 100 < len(app.shown.text) < 100_000


async def test_letters_typed_into_a_field_are_text_and_no_keys(app: OnGenerate, run: Run) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        app.writing.query_one(TextArea).focus()
        await pilot.press("a", "m", "s", "y", "1")
        assert app.writing.query_one(TextArea).text == "amsy1"
        assert app.current_mode == "generate"
        await pilot.press("escape")
        assert app.focused is app.shown


async def test_what_is_copied_is_the_true_text(app: OnGenerate, store: Store) -> None:
    bell = RIVER.replace("quiet", "\x07uiet")
    trained_run(store, bell)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        app.field("length").value = "300"
        await pilot.press("ctrl+g")
        await written(pilot, app, 300)
        await pilot.press("y")
        await pilot.pause()
        assert app.clipboard == app.shown.text
        assert "\x07" in app.clipboard
        assert "300" in app.told[-1]
        assert not any("\x07" in app.shown.render_line(y).text for y in range(20))


async def test_there_is_nothing_to_copy_or_save_before_a_text(app: OnGenerate, run: Run) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await pilot.press("y", "s")
        await pilot.pause()
        assert len(app.told) == 2
        assert app.screen is app.writing


async def test_keys_for_a_text_are_offered_once_there_is_one(app: OnGenerate, run: Run) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)

        def offered() -> str:
            return str(app.writing.query_one(KeyLine).render())

        assert offered().startswith("^g Generate  ^p Commands")
        await pilot.press("ctrl+g")
        await written(pilot, app, 1)
        await until(pilot, lambda: "a Again  m More  y Copy  s Save" in offered())


async def test_a_text_is_saved_and_never_over_a_file_without_a_yes(
    app: OnGenerate, run: Run, tmp_path: Path
) -> None:
    target = tmp_path / "poem.txt"
    target.write_text("old")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        app.field("length").value = "30"
        await pilot.press("ctrl+g")
        await written(pilot, app, 30)
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        app.screen.query_one(Input).value = str(target)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert target.read_text() == "old"
        await pilot.press("y")
        await until(pilot, lambda: target.read_text() == app.shown.text)


async def test_a_file_that_cannot_be_written_is_a_sentence_in_the_dialog(
    app: OnGenerate, run: Run
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        app.field("length").value = "5"
        await pilot.press("ctrl+g")
        await written(pilot, app, 5)
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        app.screen.query_one(Input).value = "/nowhere/at/all.txt"
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, Prompt)
        fault = str(app.screen.query_one("#fault", Static).content)
        assert fault == "There is no folder /nowhere/at."
        assert app.screen.query_one(Input).value == "/nowhere/at/all.txt"


async def test_without_a_run_the_screen_says_what_to_do_first(app: OnGenerate) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: any("Press 1" in line for line in lines(app)))
        await pilot.press("ctrl+g", "a", "m")
        await pilot.pause()
        assert not app.writing.is_writing


async def test_a_run_without_a_checkpoint_is_noticed_and_its_first_one_too(
    app: OnGenerate, store: Store
) -> None:
    run = new_run(store)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: any("has no checkpoint yet" in line for line in lines(app)))
        await pilot.press("ctrl+g")
        await pilot.pause()
        assert not app.writing.is_writing
        train_on(run)
        await ready(pilot, app)


async def test_a_newer_checkpoint_is_used_as_soon_as_it_is_there(app: OnGenerate, run: Run) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        app.field("length").value = "5"
        await pilot.press("ctrl+g")
        await written(pilot, app, 5)
        assert "step 5" in str(app.shown.border_title)
        train_on(run, steps=9)
        await pilot.press("ctrl+g")
        await until(pilot, lambda: "step 9" in str(app.shown.border_title))
        await until(pilot, lambda: "9" in chosen(app, "#checkpoint"))


async def test_a_name_is_not_read_as_markup(app: OnGenerate, run: Run) -> None:
    run.rename("[bold]x[/bold]\x1b[31m")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        assert "[bold]x[/bold]" in chosen(app, "#run")
        assert "\x1b" not in chosen(app, "#run")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_every_field_is_within_the_screen(
    app: OnGenerate, run: Run, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size) as pilot:
        await ready(pilot, app)
        for widget in [*app.screen.query("Input, Select, TextArea, Button"), app.shown]:
            assert app.screen.region.contains_region(widget.region)
            assert widget.region.height >= 1


def lines(app: OnGenerate) -> list[str]:
    return [app.shown.render_line(y).text for y in range(app.shown.size.height)]


def chosen(app: OnGenerate, selector: str) -> str:
    return str(app.writing.query_one(selector, Select).query_one("#label", Static).content)
